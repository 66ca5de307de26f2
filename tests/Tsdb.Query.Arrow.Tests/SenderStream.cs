using Apache.Arrow;
using Apache.Arrow.Ipc;
using Tsdb.Core;
using Tsdb.Query.Arrow.Reading;

namespace Tsdb.Query.Arrow.Tests;

/// <summary>A sender's stream and what becomes of it.</summary>
internal static class SenderStream
{
    public static byte[] Write(Schema schema, params IArrowArray[][] batches)
    {
        MemoryStream stream = new();
        ArrowStreamWriter writer = new(stream, schema, leaveOpen: true);
        writer.WriteStart();
        foreach (IArrowArray[] arrays in batches)
        {
            writer.WriteRecordBatch(new RecordBatch(schema, arrays, arrays[0].Length));
        }

        writer.WriteEnd();
        return stream.ToArray();
    }

    /// <summary>Feeds the bytes in pieces and turns every batch into samples.</summary>
    public static List<SampleBatch> Read(byte[] bytes, int pieceSizeBytes, string[] tags, RejectLog rejects)
    {
        using ArrowStreamDecoder decoder = new(16 << 20);
        ArrowSampleReader? reader = null;
        List<SampleBatch> samples = [];
        int rowCount = 0;
        for (int first = 0; first < bytes.Length; first += pieceSizeBytes)
        {
            decoder.Feed(bytes.AsSpan(first, Math.Min(pieceSizeBytes, bytes.Length - first)));
            while (decoder.ReadBatch() is RecordBatch batch)
            {
                reader ??= new ArrowSampleReader(
                    ArrowColumnPlan.Of(decoder.Schema!, "cpu", tags), decoder.Schema!);
                int firstRow = 0;
                foreach (int sliceRowCount in reader.PlanSlices(batch))
                {
                    SampleBatch sample = new();
                    reader.Read(batch.Slice(firstRow, sliceRowCount), rowCount + 1, sample, rejects);
                    samples.Add(sample);
                    firstRow += sliceRowCount;
                    rowCount += sliceRowCount;
                }

                batch.Dispose();
            }
        }

        return samples;
    }
}
