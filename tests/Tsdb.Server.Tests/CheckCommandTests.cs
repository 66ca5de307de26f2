using System.Text.Json;
using Tsdb.Core;
using Tsdb.Server.Cli;
using Tsdb.Server.Options;
using Tsdb.Storage;

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

    [Fact]
    public async Task What_cannot_be_checked_is_neither_sound_nor_damaged()
    {
        DirectoryInfo data = Directory.CreateTempSubdirectory("tsdb-check-test-");
        Assert.Equal(CheckCommand.NotChecked, await RunAsync(data));
        await using (TsdbServer server = await TsdbServer.StartAsync(
            new ServerOptions { DataDirectory = data.FullName, HttpPort = 0, GrpcPort = 0, IlpPort = 0 },
            TimeProvider.System))
        {
            Assert.Equal(CheckCommand.NotChecked, await RunAsync(data));
        }

        Assert.Equal(CommandLine.Success, await RunAsync(data));
        data.Delete(recursive: true);
    }

    [Fact]
    public void The_document_tells_what_is_lost_and_what_is_not_known()
    {
        CheckReport report = new();
        report.Add("d", new StorageCheckResult(2, 30, 4, 2),
        [
            new CheckDamage("segment", "m")
            {
                Path = "segments/1.seg",
                OffsetBytes = 256,
                TableId = 3,
                Table = "t",
                Series = new SeriesId(17),
                First = new Timestamp(1),
                Last = new Timestamp(2),
                RowCount = 5,
            },
            new CheckDamage("manifest", "n"),
        ]);
        using JsonDocument document = JsonDocument.Parse(report.ToJson("x"));
        JsonElement root = document.RootElement;
        Assert.Equal((1, "x", false), (
            root.GetProperty("version").GetInt32(),
            root.GetProperty("data").GetString(),
            root.GetProperty("sound").GetBoolean()));
        JsonElement database = root.GetProperty("databases")[0];
        Assert.Equal("d 2 30 4", string.Join(' ', new[] { "database", "segments", "chunks", "logFrames" }
            .Select(name => database.GetProperty(name).ToString())));
        string[] names =
            ["kind", "file", "offset", "table", "tableId", "seriesId", "from", "to", "rows", "message"];
        Assert.Equal(
            [
                "segment|segments/1.seg|256|t|3|17|1970-01-01T00:00:00.000000001Z|"
                + "1970-01-01T00:00:00.000000002Z|5|m",
                "manifest|||||||||n",
            ],
            database.GetProperty("damages").EnumerateArray().Select(
                damage => string.Join('|', names.Select(name => damage.GetProperty(name).ToString()))));
    }

    private static Task<int> RunAsync(DirectoryInfo data) =>
        CommandLine.Create().Parse(["check", "--data", data.FullName]).InvokeAsync();
}
