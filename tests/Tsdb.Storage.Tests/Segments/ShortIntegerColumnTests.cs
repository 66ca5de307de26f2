using System.Runtime.InteropServices;
using Tsdb.Core;
using Tsdb.Storage.Codecs;
using Tsdb.Storage.Segments;

namespace Tsdb.Storage.Tests.Segments;

/// <summary>The short way writes what the long way writes, to the byte.</summary>
public sealed class ShortIntegerColumnTests
{
    private const int Seed = 20261122;

    [Fact]
    public void Blocks_of_few_integers_are_what_the_planner_makes_of_them()
    {
        int writtenCount = 0;
        foreach (long[] values in Samples())
        {
            byte[] expected = new byte[IntegerBlock.MaxSizeBytes(values.Length)];
            long[] steps = new long[IntegerCodec.CountMax];
            int expectedSize = IntegerPlan.For(values, steps, out _).Write(values, steps, expected);
            byte[] written = new byte[ShortIntegers.RoomSizeBytes];
            int size = ShortIntegers.Write(values, written);
            if (size > 0)
            {
                writtenCount++;
                Assert.Equal(expected[..expectedSize], written[..size]);
            }
        }

        Assert.InRange(writtenCount, 20_000, int.MaxValue);
    }

    [Fact]
    public void Columns_of_few_integers_are_what_the_block_writer_makes_of_them()
    {
        int writtenCount = 0;
        ChunkSlab shortOutput = new();
        ChunkSlab longOutput = new();
        PackedWriter shortIndex = new();
        PackedWriter longIndex = new();
        PackedWriter entries = new();
        ColumnBlockWriter writer = new(longOutput, entries);
        foreach (long[] values in Samples())
        {
            int outputBytes = longOutput.SizeBytes;
            SeriesRows rows = new();
            rows.EnsureCapacity(values.Length);
            RowColumn column = rows.AddColumn(ColumnKey.ValueOf(1), ColumnType.Int64);
            MemoryMarshal.Cast<long, ulong>(values).CopyTo(column.Cells);
            if (ShortIntegerColumn.Write([column], values.Length, shortOutput, shortIndex) == 0)
            {
                continue;
            }

            entries.Clear();
            writer.Write(column, [], new long[values.Length], 0, mayHaveStatistics: true);
            longIndex.WriteUnsigned((ulong)(longOutput.SizeBytes - outputBytes));
            longIndex.WriteUnsigned((ulong)entries.SizeBytes);
            longIndex.Write(entries.Span);
            writtenCount++;
        }

        Assert.InRange(writtenCount, 20_000, int.MaxValue);
        Assert.True(longOutput.Span.SequenceEqual(shortOutput.Span), $"seed {Seed}");
        Assert.True(longIndex.Span.SequenceEqual(shortIndex.Span), $"seed {Seed}");
    }

    /// <summary>One to five values: any, close together, in a line, equal, at the ends of the
    /// range.</summary>
    private static IEnumerable<long[]> Samples()
    {
        Random random = new(Seed);
        long[] edges = [long.MinValue, long.MinValue + 1, -1, 0, 1, 63, 64, -64, -65, long.MaxValue];
        for (int i = 0; i < 40_000; i++)
        {
            long[] values = new long[random.Next(1, ShortIntegers.CountMax + 1)];
            long first = random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64);
            long spread = long.MaxValue >> random.Next(63);
            long step = random.NextInt64(-spread, spread);
            int kind = i % 5;
            for (int j = 0; j < values.Length; j++)
            {
                values[j] = kind switch
                {
                    0 => edges[random.Next(edges.Length)],
                    1 => unchecked(first + (j * step)),
                    2 => first,
                    3 => unchecked(first + (j * step) + random.Next(4)),
                    _ => unchecked(first + random.NextInt64(0, spread)),
                };
            }

            yield return values;
        }
    }
}
