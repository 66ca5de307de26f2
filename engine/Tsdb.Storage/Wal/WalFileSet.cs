using Tsdb.Storage.Devices;

namespace Tsdb.Storage.Wal;

/// <summary>The log files of a lane with their headers, oldest first.</summary>
internal sealed class WalFileSet
{
    private WalFileSet(List<Entry> entries) => Entries = entries;

    public IReadOnlyList<Entry> Entries { get; }

    public static WalFileSet Read(IStorageDevice device, WalOptions options)
    {
        var entries = new List<Entry>();
        if (device.Exists(options.Directory))
        {
            foreach (string name in device.List(options.Directory))
            {
                if (WalFileName.TryParseLog(name, out long sequence))
                {
                    entries.Add(ReadEntry(device, options, sequence));
                }
            }
        }

        entries.Sort(static (left, right) => left.Sequence.CompareTo(right.Sequence));
        return new WalFileSet(entries);
    }

    /// <summary>Index of the file in which the frame after an LSN is: the last one whose first LSN is not
    /// above it; the oldest file when all are above; -1 without any file.</summary>
    public int FindStart(ulong afterLsn)
    {
        for (int i = Entries.Count - 1; i >= 0; i--)
        {
            if (Entries[i].Header is { } header && header.FirstLsn <= afterLsn + 1)
            {
                return i;
            }
        }

        return Entries.Count > 0 ? 0 : -1;
    }

    /// <summary>First LSN of the next file that has a sound header; the log's end counts as
    /// <see cref="ulong.MaxValue"/>.</summary>
    public ulong FindLimit(int index)
    {
        for (int i = index + 1; i < Entries.Count; i++)
        {
            if (Entries[i].Header is { } header)
            {
                return header.FirstLsn;
            }
        }

        return ulong.MaxValue;
    }

    /// <summary>The file after that one, if its header is damaged.</summary>
    public Entry? FindUnreadableAfter(int index) =>
        index + 1 < Entries.Count && Entries[index + 1].Header is null ? Entries[index + 1] : null;

    private static Entry ReadEntry(IStorageDevice device, WalOptions options, long sequence)
    {
        string path = WalFileName.Log(options.Directory, sequence);
        using var reader = new WalFileReader(device, options, path, sequence);
        WalFileHeader? header = reader.ReadHeader(out string flaw);
        return new Entry(sequence, path, header, flaw);
    }

    internal sealed record Entry(long Sequence, string Path, WalFileHeader? Header, string Flaw);
}
