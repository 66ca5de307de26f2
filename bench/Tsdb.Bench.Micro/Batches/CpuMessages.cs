using Tsdb.Bench.Micro.Parsing;
using Tsdb.Client;
using Tsdb.Client.Writing;
using Tsdb.Core;

namespace Tsdb.Bench.Micro.Batches;

/// <summary>TSBS's cpu rows as our client sends them on one connection: 4,000 hosts in turn, ten integers
/// from a fixed seed.</summary>
internal sealed class CpuMessages
{
    private const int Seed = 5;
    private const int SeriesCount = 4_000;
    private const int FieldCount = 10;

    private readonly ReadOnlyMemory<byte>[] _messages;
    private int _next;

    public CpuMessages(int batchCount, int rowsPerBatch)
    {
        TsdbWriterSchema schema = new(
            "cpu",
            CpuLines.TagKeys,
            [.. Enumerable.Range(0, FieldCount).Select(i => new TsdbField($"usage_{i}", ColumnType.Int64))]);
        SeriesTexts texts = new(schema.Tags);
        TsdbSeries[] hosts =
        [
            .. Enumerable.Range(0, SeriesCount)
                .Select(host => new TsdbSeries(texts.FindOrAdd(CpuLines.TagValuesOf(host)))),
        ];
        BatchEncoder encoder = new(schema, texts);
        ConnectionState connection = new(texts);
        TsdbBatch batch = new(schema, rowsPerBatch);
        Random random = new(Seed);
        _messages = new ReadOnlyMemory<byte>[batchCount];
        for (int i = 0; i < batchCount; i++)
        {
            Fill(batch, hosts, i * rowsPerBatch, rowsPerBatch, random);
            _messages[i] = connection.Frame(encoder.Encode(batch, (ulong)i + 1)).Memory;
        }
    }

    /// <summary>The next batch; the first one comes with schema and tag sets.</summary>
    public ReadOnlyMemory<byte> Take() => _messages[_next++];

    /// <summary>Starts again, as a new connection does.</summary>
    public void Restart() => _next = 0;

    private static void Fill(
        TsdbBatch batch, TsdbSeries[] hosts, int firstRow, int rowCount, Random random)
    {
        batch.Clear();
        for (int row = firstRow; row < firstRow + rowCount; row++)
        {
            batch.AddRow(
                hosts[row % SeriesCount],
                new Timestamp(CpuLines.FirstTimestampNs + (row / SeriesCount * CpuLines.StepNs)));
            for (int field = 0; field < FieldCount; field++)
            {
                batch.AddIntegers(field, random.Next(101));
            }
        }
    }
}
