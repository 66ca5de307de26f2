using System.Text;
using Tsdb.Core;
using Tsdb.Ingest.Parse;

namespace Tsdb.Ingest.Tests.Parse;

public sealed class AllocationTests
{
    [Fact]
    public void Parsing_allocates_nothing_once_warm()
    {
        Random random = new(7);
        LineGenerator generator = new(random);
        string[] lines = [.. Enumerable.Range(0, 500).Select(_ => generator.NextLine())];
        byte[] text = Encoding.Latin1.GetBytes(string.Join('\n', lines));
        LineProtocolParser parser = new();
        SampleBatch batch = new();
        RejectLog rejects = new();
        long allocatedBytes = 0;
        for (int round = 0; round < 20; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            batch.Clear();
            parser.Parse(text, 1, ParsedLines.Options, batch, rejects);
            allocatedBytes = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, rejects.Count);
        Assert.Equal(lines.Length, batch.RowCount);
        Assert.Equal(0, allocatedBytes);
    }
}
