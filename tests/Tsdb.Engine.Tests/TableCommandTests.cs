using Tsdb.Core;
using Tsdb.Core.Commands;
using Tsdb.Faults;
using Tsdb.Ingest.Parse;
using Tsdb.Storage;

namespace Tsdb.Engine.Tests;

/// <summary>Tables are made, changed and dropped by commands, and a restart finds them so.</summary>
public sealed class TableCommandTests
{
    private static readonly StorageOptions _options =
        new() { WalFileSizeBytes = 64 << 10, TableCountMax = 2 };

    private readonly SimulatedStorageDevice _device = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_dropped_table_gives_its_name_to_a_new_one_with_none_of_its_rows(bool flushes)
    {
        await using (StorageEngine storage = Open())
        {
            await TestTable.WriteAsync(storage, "t,h=a v=1i 1\nt,h=b v=2i 2\nu,h=a v=1i 1\n");
            await FlushAsync(storage, flushes);
            CommandOutcome outcome = await RunAsync(storage, new DropTable(IdOf(storage, "t")));
            Assert.Equal(new CommandOutcome(CommandStatus.Done, 2), outcome);
            Assert.False(storage.Catalog.TryGetTable("t", out _));
            Assert.Equal(1, storage.Catalog.SeriesCount);
            await FlushAsync(storage, flushes);
            await TestTable.WriteAsync(storage, "t,h=a v=\"text now\" 1\n");
            Assert.Equal(["a 1 v=text now"], TestTable.Read(storage, "t"));
            Assert.Equal(3, IdOf(storage, "t"));
        }

        await using StorageEngine again = Open();
        Assert.Equal(["a 1 v=text now"], TestTable.Read(again, "t"));
        Assert.Equal(["a 1 v=1"], TestTable.Read(again, "u"));
        await TestTable.WriteAsync(again, "t,h=a v=\"more\" 2\nt,h=b v=\"x\" 3\n");
        Assert.Equal(
            ["a 1 v=text now", "a 2 v=more", "b 3 v=x"], TestTable.Read(again, "t"));
        Assert.Equal(3, again.Catalog.SeriesCount);
    }

    [Fact]
    public async Task A_dropped_table_makes_room_for_another()
    {
        await using StorageEngine storage = Open();
        await TestTable.WriteAsync(storage, "t v=1i 1\nu v=1i 1\n");
        CreateTable create = new("w", [], TableOptions.None);
        Assert.Equal(CommandStatus.TooManyTables, (await RunAsync(storage, create)).Status);
        int table = IdOf(storage, "t");
        await RunAsync(storage, new DropTable(table));
        Assert.Equal(CommandStatus.TableMissing, (await RunAsync(storage, new DropTable(table))).Status);
        Assert.Equal(CommandStatus.Done, (await RunAsync(storage, create)).Status);
        Assert.Equal(CommandStatus.TableExists, (await RunAsync(storage, create)).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Columns_and_options_of_a_made_table_are_there_after_a_restart(bool flushes)
    {
        TableOptions options = new() { Ttl = TimeSpan.FromDays(30) };
        await using (StorageEngine storage = Open())
        {
            NewColumn[] columns = [new("host", null), new("v", ColumnType.Float64)];
            await RunAsync(storage, new CreateTable("t", columns, TableOptions.None));
            await FlushAsync(storage, flushes);
            await RunAsync(storage, new SetTableOptions(IdOf(storage, "t"), options));
            await FlushAsync(storage, flushes);
        }

        await using StorageEngine again = Open();
        Assert.True(again.Catalog.TryGetTable("t", out TableSchema? table));
        Assert.Equal(["host"], table.TagKeys);
        Assert.Equal([new ColumnSchema(1, "v", ColumnType.Float64)], table.Columns);
        Assert.Equal(options, table.Options);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rows_whose_series_were_found_before_the_drop_go_to_the_new_table(bool flushes)
    {
        await using (StorageEngine storage = Open())
        {
            await TestTable.WriteAsync(storage, "t,h=a v=1i 1\nt,h=b v=2i 1\n");
            SampleBatch late = TestTable.Parse(
                new LineProtocolParser(storage.Catalog.SeriesKeys), "t,h=a v=3i 2\nt,h=b v=4i 2\n");
            await RunAsync(storage, new DropTable(IdOf(storage, "t")));
            await TestTable.WriteAsync(storage, "t,h=c v=5i 3\n");
            RejectLog rejects = new();
            await storage.AppendAsync(
                late, Durability.Fsync, rejects, TestContext.Current.CancellationToken);
            Assert.Equal(0, rejects.Count);
            await FlushAsync(storage, flushes);
            Assert.Equal(["a 2 v=3", "b 2 v=4", "c 3 v=5"], TestTable.Read(storage, "t"));
        }

        await using StorageEngine again = Open();
        Assert.Equal(["a 2 v=3", "b 2 v=4", "c 3 v=5"], TestTable.Read(again, "t"));
    }

    [Fact]
    public async Task Tables_dropped_while_rows_come_in_never_mix_their_rows()
    {
        const int LeastDropCount = 20;
        await using StorageEngine storage = Open();
        int dropCount = 0;
        Task writing = Task.Run(
            async () =>
            {
                for (int i = 1; i <= 300 || Volatile.Read(ref dropCount) < LeastDropCount; i++)
                {
                    await TestTable.WriteAsync(storage, $"t,h=a v={i}i {i}\nt,h=b{i} v={i}i {i}\n");
                }
            },
            TestContext.Current.CancellationToken);
        while (!writing.IsCompleted)
        {
            if (storage.Catalog.TryGetTable("t", out TableSchema? table))
            {
                await RunAsync(storage, new DropTable(table.TableId));
                Volatile.Write(ref dropCount, dropCount + 1);
            }
        }

        await writing;
        List<string> rows = storage.Catalog.TryGetTable("t", out _) ? TestTable.Read(storage, "t") : [];
        Assert.All(rows, row =>
        {
            string[] parts = row.Split(' ');
            Assert.Equal($"v={parts[1]}", parts[2]);
            Assert.Contains(parts[0], (string[])["a", $"b{parts[1]}"]);
        });
    }

    private static Task<CommandOutcome> RunAsync(StorageEngine storage, Command command) =>
        storage.ExecuteAsync(command, TestContext.Current.CancellationToken);

    private static int IdOf(StorageEngine storage, string name)
    {
        Assert.True(storage.Catalog.TryGetTable(name, out TableSchema? table));
        return table.TableId;
    }

    private static Task FlushAsync(StorageEngine storage, bool flushes) =>
        flushes ? storage.FlushAsync(TestContext.Current.CancellationToken) : Task.CompletedTask;

    private StorageEngine Open() => StorageEngine.Open(_device, _options, TimeProvider.System);
}
