namespace Tsdb.Core.Tests;

public sealed class MemoryBudgetTests
{
    [Theory]
    [InlineData(512L << 20)]
    [InlineData(8L << 30)]
    public void The_shares_of_a_limit_stay_below_what_the_process_may_charge(long limitBytes)
    {
        MemoryBudget budget = MemoryBudget.Create(limitBytes);
        long sharesBytes = budget.Root.Children.Sum(static share => share.LimitBytes);
        Assert.True(sharesBytes <= budget.Root.LimitBytes);
        Assert.True(budget.Root.LimitBytes < limitBytes);
        Assert.Equal(limitBytes / 4, budget.Memtables.LimitBytes);
    }

    [Fact]
    public void A_database_charges_its_use_and_the_process()
    {
        MemoryBudget budget = MemoryBudget.Create(1000);
        using DatabaseMemory first = budget.CreateDatabase("first");
        using DatabaseMemory second = budget.CreateDatabase("second");
        Assert.True(first.Memtables.TryCharge(200));
        Assert.False(second.Memtables.TryCharge(51));
        Assert.Equal(200, budget.Memtables.UsedBytes);
        Assert.Equal(200, budget.Root.UsedBytes);
        Assert.Equal(1, budget.Memtables.RefusalCount);
        first.Memtables.Release(200);
        Assert.True(second.Memtables.TryCharge(51));
    }

    [Fact]
    public void Only_the_other_databases_are_asked_for_room()
    {
        MemoryBudget budget = MemoryBudget.Create(1000);
        List<string> asked = [];
        using DatabaseMemory first = budget.CreateDatabase("first");
        using DatabaseMemory second = budget.CreateDatabase("second");
        DatabaseMemory closed = budget.CreateDatabase("closed");
        first.GiveRoom = () => asked.Add("first");
        second.GiveRoom = () => asked.Add("second");
        closed.GiveRoom = () => asked.Add("closed");
        closed.Dispose();
        first.AskOthersForRoom();
        Assert.Equal(["second"], asked);
    }

    [Fact]
    public void A_closed_database_gives_up_its_accounts_but_not_what_readers_hold()
    {
        MemoryBudget budget = MemoryBudget.Create(1000);
        DatabaseMemory memory = budget.CreateDatabase("closing");
        memory.Memtables.Charge(10);
        memory.Dispose();
        Assert.Equal(10, budget.Memtables.UsedBytes);
        Assert.Empty(budget.Catalogues.Children);
        memory.Memtables.Release(10);
        Assert.Equal(0, budget.Root.UsedBytes);
    }
}
