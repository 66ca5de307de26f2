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
        Assert.Equal(limitBytes / 5, budget.Memtables.LimitBytes);
    }

    [Fact]
    public void A_database_charges_its_use_and_the_process()
    {
        MemoryBudget budget = MemoryBudget.Create(1000);
        using DatabaseMemory first = budget.CreateDatabase("first");
        using DatabaseMemory second = budget.CreateDatabase("second");
        Assert.True(first.Memtables.TryCharge(150));
        Assert.False(second.Memtables.TryCharge(51));
        Assert.Equal(150, budget.Memtables.UsedBytes);
        Assert.Equal(150, budget.Root.UsedBytes);
        Assert.Equal(1, budget.Memtables.RefusalCount);
        first.Memtables.Release(150);
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

    [Fact]
    public void A_holder_charges_the_difference_to_what_it_held()
    {
        MemoryAccount account = MemoryAccount.CreateRoot("a", 100);
        using (MemoryHold hold = new(account))
        {
            hold.Set(70);
            hold.Set(120);
            Assert.Equal(120, account.UsedBytes);
            hold.Set(30);
            Assert.Equal(30, account.UsedBytes);
        }

        Assert.Equal(0, account.UsedBytes);
    }

    [Fact]
    public void A_heap_is_short_near_its_limit_and_not_far_from_it()
    {
        GC.Collect();
        Assert.True(new HeapGauge(limitBytes: 1).IsShort);
        Assert.False(new HeapGauge(limitBytes: 1L << 50).IsShort);
    }
}
