namespace Tsdb.Ingest.Tests.Parse;

public sealed class GoldenTests
{
    [Fact]
    public void What_real_senders_write_is_read_as_recorded()
    {
        string folder = Path.Combine(FindRepository(), "tests", "golden", "lineprotocol");
        string actual = ParsedLines.Parse(File.ReadAllBytes(Path.Combine(folder, "senders.lp")));
        Assert.Equal(File.ReadAllText(Path.Combine(folder, "senders.expected")), actual + "\n");
    }

    private static string FindRepository()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Tsdb.sln")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return folder;
    }
}
