using Tsdb.Storage.Backups;

namespace Tsdb.Engine.Tests;

/// <summary>Snapshots on a real file system: linked, served as data directories, cleaned after a
/// kill.</summary>
public sealed class DatabaseSnapshotTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("tsdb-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_snapshot_is_a_data_directory_of_links_and_is_no_database_of_its_parent()
    {
        string path;
        await using (TsdbEngine engine = await OpenAsync(_directory))
        {
            Database database = engine.GetOrCreate("plant");
            await TestTable.WriteAsync(database.Storage, "t,h=a v=1i 10\n");
            SnapshotInfo info = await database.Snapshots.CreateAsync("monday", null, Token);
            await TestTable.WriteAsync(database.Storage, "t,h=a v=2i 20\n");
            Assert.Equal((1, 0), (info.SegmentCount, info.CopiedSegmentCount));
            path = database.Snapshots.PathOf("monday");
        }

        await using (TsdbEngine engine = await OpenAsync(_directory))
        {
            Assert.Equal(["plant"], engine.Databases.Select(static database => database.Name));
            Assert.Equal("monday", Assert.Single(engine.Databases[0].Snapshots.List()).Name);
            Assert.Throws<InvalidDatabaseNameException>(() => engine.GetOrCreate("plant-snapshots"));
            await using (TsdbEngine copy = await OpenAsync(path))
            {
                Assert.True(copy.TryGet("plant", out Database? opened));
                Assert.Equal(["a 10 v=1"], TestTable.Read(opened.Storage, "t"));
            }

            engine.Databases[0].Snapshots.Delete("monday");
            Assert.Empty(engine.Databases[0].Snapshots.List());
            Assert.False(Directory.Exists(path));
            Assert.Equal(["a 10 v=1", "a 20 v=2"], TestTable.Read(engine.Databases[0].Storage, "t"));
        }
    }

    [Fact]
    public async Task Opening_removes_what_a_killed_process_left_of_a_snapshot()
    {
        string left = Path.Combine(_directory, "plant-snapshots", "half", "plant", "segments");
        await using (TsdbEngine engine = await OpenAsync(_directory))
        {
            engine.GetOrCreate("plant");
        }

        Directory.CreateDirectory(left);
        await File.WriteAllBytesAsync(Path.Combine(left, "000000000001.seg"), [1], Token);
        await using (TsdbEngine engine = await OpenAsync(_directory))
        {
            Assert.Empty(engine.Databases[0].Snapshots.List());
        }

        Assert.False(Directory.Exists(left));
    }

    private static Task<TsdbEngine> OpenAsync(string directory) =>
        TsdbEngine.OpenAsync(new DatabaseOptions { DataDirectory = directory }, TimeProvider.System);
}
