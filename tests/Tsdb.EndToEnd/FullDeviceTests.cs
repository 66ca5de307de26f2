using Tsdb.EndToEnd.Processes;

namespace Tsdb.EndToEnd;

/// <summary>A server on a real device that is nearly full: one in memory, its own.</summary>
public sealed class FullDeviceTests : IDisposable
{
    // As a user who may mount in a namespace of his own, as root, or as one who may become it.
    private const string MountScript = """
        script="$1"
        shift
        for way in "unshare -rm" "unshare -m" "sudo -n unshare -m"; do
          if $way true 2> /dev/null; then
            exec $way bash -c "$script" bash "$@"
          fi
        done
        echo "a device of its own needs unshare, and user namespaces, root, or sudo without a password" >&2
        exit 1
        """;

    // Room for the server's own start, less than the reserve of 10 MB below which rows are refused.
    private const string Script = """
        set -e
        mount -t tmpfs -o size=200M tmpfs "$2"
        run() {
          "$1" serve --data "$2/data" --config "$3" --http-port 0 --grpc-port 0 --ilp-port 0 > "$2/ready" &
          until grep -q ready "$2/ready" || ! kill -0 $!; do :; done
          head -1 "$2/ready"
          kill -TERM $!
          wait $!
        }
        run "$@"
        head -c $(($(df --output=avail -B1 "$2" | tail -1) - 8000000)) /dev/zero > "$2/filler"
        run "$@"
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tsdb-e2e-full-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_server_whose_device_is_nearly_full_starts()
    {
        string config = Path.Combine(_folder.FullName, "config.json");
        await File.WriteAllTextAsync(
            config,
            """{"walFileSizeBytes": 1048576, "walSizeBytesMax": 4194304, "ballastSizeBytes": 0}""",
            TestContext.Current.CancellationToken);
        string device = _folder.CreateSubdirectory("device").FullName;
        ProcessOutcome outcome = await ForeignProcess.RunAsync(
            "bash", ["-c", MountScript, "bash", Script, RepositoryFiles.Launcher, device, config]);
        Assert.True(outcome.ExitCode == 0, outcome.Output + outcome.Errors);
        Assert.Equal(2, outcome.Output.Split("\"ready\"").Length - 1);
    }
}
