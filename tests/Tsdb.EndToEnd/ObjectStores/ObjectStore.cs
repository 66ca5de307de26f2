using System.Diagnostics;
using System.Text.Json;
using Tsdb.EndToEnd.Processes;

namespace Tsdb.EndToEnd.ObjectStores;

/// <summary>An S3 object store of another maker (s3rver) with one bucket, and a proxy before it that fails as
/// a test wants it to.</summary>
internal sealed class ObjectStore : IAsyncDisposable
{
    private const string FileSuffix = "._S3rver_object";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tsdb-s3-");
    private readonly Process _process;

    static ObjectStore()
    {
        // The programs that the tests start have them from here; the store knows no others.
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", "S3RVER");
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", "S3RVER");
        Environment.SetEnvironmentVariable("AWS_EC2_METADATA_DISABLED", "true");
    }

    private ObjectStore()
    {
        _process = Process.Start(new ProcessStartInfo(
            "node",
            [
                Path.Combine(RepositoryFiles.Root, "tests", "Tsdb.EndToEnd", "s3", "store.mjs"),
                _folder.FullName,
            ])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
    }

    public FaultyProxy Proxy { get; private set; } = null!;

    public static async Task<ObjectStore> StartAsync()
    {
        ObjectStore store = new();
        string line = await store._process.StandardOutput.ReadLineAsync(Stop)
            ?? throw new InvalidOperationException("the object store ended before it was ready");
        using JsonDocument ready = JsonDocument.Parse(line);
        store.Proxy = await FaultyProxy.StartAsync(
            $"http://127.0.0.1:{ready.RootElement.GetProperty("port").GetInt32()}");
        return store;
    }

    /// <summary>A place in it, as an operator writes it.</summary>
    public string PlaceOf(string prefix) => $"s3://tsdb/{prefix}?endpoint={Proxy.Url}";

    /// <summary>The files of the objects of a prefix.</summary>
    public string[] FilesOf(string prefix)
    {
        string folder = Path.Combine(_folder.FullName, "tsdb", prefix);
        return Directory.Exists(folder)
            ? Directory.GetFiles(folder, "*" + FileSuffix, SearchOption.AllDirectories)
            : [];
    }

    public async ValueTask DisposeAsync()
    {
        await Proxy.DisposeAsync();
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;
}
