namespace Tsdb.Core.Tests;

public sealed class MemoryAccountTests
{
    private const int Seed = 20261122;

    [Fact]
    public void A_charge_counts_in_every_account_above()
    {
        MemoryAccount root = MemoryAccount.CreateRoot("process", 1000);
        using MemoryAccount queries = root.CreateChild("queries", 500);
        using MemoryAccount query = queries.CreateChild("query");

        Assert.True(query.TryCharge(300));
        Assert.Equal((300, 300, 300), (root.UsedBytes, queries.UsedBytes, query.UsedBytes));
        Assert.Equal(200, query.AvailableBytes);
        query.Release(100);
        Assert.Equal((200, 200, 200), (root.UsedBytes, queries.UsedBytes, query.UsedBytes));
        Assert.Equal((300, 300), (root.PeakBytes, query.PeakBytes));
    }

    [Fact]
    public void A_refused_charge_leaves_every_account_as_it_was_and_counts_where_it_was_refused()
    {
        MemoryAccount root = MemoryAccount.CreateRoot("process", 1000);
        using MemoryAccount queries = root.CreateChild("queries", 500);
        using MemoryAccount query = queries.CreateChild("query");

        Assert.True(query.TryCharge(400));
        Assert.False(query.TryCharge(101));
        Assert.Equal((400, 400, 400), (root.UsedBytes, queries.UsedBytes, query.UsedBytes));
        Assert.Equal((0, 1, 0), (root.RefusalCount, queries.RefusalCount, query.RefusalCount));
        Assert.True(query.TryCharge(100));
    }

    [Fact]
    public void A_forced_charge_goes_over_the_limit_and_others_are_refused_until_it_is_released()
    {
        MemoryAccount root = MemoryAccount.CreateRoot("process", 100);
        using MemoryAccount log = root.CreateChild("log");
        using MemoryAccount query = root.CreateChild("query");

        log.Charge(150);
        Assert.Equal(-50, query.AvailableBytes);
        Assert.False(query.TryCharge(1));
        log.Release(60);
        Assert.True(query.TryCharge(10));
    }

    [Fact]
    public void Disposing_a_child_gives_back_what_it_held()
    {
        MemoryAccount root = MemoryAccount.CreateRoot("process", 100);
        MemoryAccount child = root.CreateChild("child");
        Assert.True(child.TryCharge(40));
        Assert.Same(child, Assert.Single(root.Children));

        child.Dispose();
        child.Dispose();

        Assert.Empty(root.Children);
        Assert.Equal(0, root.UsedBytes);
    }

    [Fact]
    public void Releasing_more_than_was_charged_is_a_bug()
    {
        MemoryAccount root = MemoryAccount.CreateRoot("process", 100);
        root.Charge(5);
        Assert.Throws<InvariantViolatedException>(() => root.Release(6));
    }

    [Fact]
    public void Charges_from_many_threads_never_exceed_the_limit_and_end_at_nothing()
    {
        MemoryAccount root = MemoryAccount.CreateRoot("process", 10_000);
        MemoryAccount[] children =
            [.. Enumerable.Range(0, 4).Select(i => root.CreateChild($"child {i}", 4_000))];
        Parallel.For(0, 4, thread =>
        {
            Random random = new(Seed + thread);
            Queue<(MemoryAccount Account, int SizeBytes)> held = new();
            for (int i = 0; i < 20_000; i++)
            {
                MemoryAccount account = children[random.Next(children.Length)];
                int sizeBytes = random.Next(0, 1_000);
                if (account.TryCharge(sizeBytes))
                {
                    held.Enqueue((account, sizeBytes));
                }

                if (held.Count > 8)
                {
                    (MemoryAccount charged, int chargedBytes) = held.Dequeue();
                    charged.Release(chargedBytes);
                }
            }

            while (held.TryDequeue(out (MemoryAccount Account, int SizeBytes) charge))
            {
                charge.Account.Release(charge.SizeBytes);
            }
        });

        Assert.Equal(0, root.UsedBytes);
        Assert.All(children, static child => Assert.Equal(0, child.UsedBytes));
        Assert.InRange(root.PeakBytes, 1, 10_000);
        Assert.All(children, static child => Assert.InRange(child.PeakBytes, 1, 4_000));
    }
}
