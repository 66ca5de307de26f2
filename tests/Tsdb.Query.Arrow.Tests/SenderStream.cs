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

    /// <summary>Feeds the bytes in pieces and turns every batch into samples for the table
    /// <c>cpu</c>.</summary>
    public static List<SampleBatch> Read(
        byte[] bytes, int pieceSizeBytes, string[] tags, RejectLog rejects) =>
        Read(bytes, pieceSizeBytes, new ArrowSampleOptions { Table = "cpu", Tags = tags }, rejects);

    /// <summary>Feeds the bytes in pieces and turns every batch into samples.</summary>
    public static List<SampleBatch> Read(
        byte[] bytes, int pieceSizeBytes, ArrowSampleOptions options, RejectLog rejects)
    {
        using ArrowSampleDecoder stream = new(options);
        List<SampleBatch> samples = [];
        for (long first = 0; first < bytes.Length; first += pieceSizeBytes)
        {
            byte[] piece = bytes[(int)first..(int)Math.Min(bytes.Length, first + pieceSizeBytes)];
            stream.Feed(piece);
            SampleBatch sample = new();
            while (stream.TryRead(sample, rejects))
            {
                samples.Add(sample);
                sample = new SampleBatch();
            }

            // The piece is the sender's again: what was kept of it must be a copy.
            System.Array.Fill(piece, (byte)0xEE);
        }

        return samples;
    }
}
