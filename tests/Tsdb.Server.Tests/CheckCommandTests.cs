using Tsdb.Server.Cli;
using Tsdb.Server.Options;

namespace Tsdb.Server.Tests;

public sealed class CheckCommandTests
{
    [Fact]
    public async Task A_healthy_directory_passes_and_a_damaged_segment_does_not()
    {
        DirectoryInfo data = Directory.CreateTempSubdirectory("tsdb-check-test-");
        await using (TsdbServer server = await TsdbServer.StartAsync(
            new ServerOptions { DataDirectory = data.FullName, HttpPort = 0, GrpcPort = 0, IlpPort = 0 },
            TimeProvider.System))
        {
            using Client.TsdbClient client = new("127.0.0.1", server.GrpcPort);
            await client.WriteLinesAsync(
                "c,host=a v=1 1\nc,host=a v=2 2\n"u8.ToArray(), TestContext.Current.CancellationToken);
            await client.FlushAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal(CommandLine.Success, await RunAsync(data));
        string segment = Directory.GetFiles(
            Path.Combine(data.FullName, "default", "segments"), "*", SearchOption.AllDirectories)[0];
        byte[] bytes = await File.ReadAllBytesAsync(segment, TestContext.Current.CancellationToken);
        bytes[bytes.Length / 2] ^= 0x40;
        await File.WriteAllBytesAsync(segment, bytes, TestContext.Current.CancellationToken);
        Assert.Equal(CommandLine.Failure, await RunAsync(data));
        data.Delete(recursive: true);
    }

    private static Task<int> RunAsync(DirectoryInfo data) =>
        CommandLine.Create().Parse(["check", "--data", data.FullName]).InvokeAsync();
}
