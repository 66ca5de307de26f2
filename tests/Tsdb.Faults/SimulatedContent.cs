namespace Tsdb.Faults;

/// <summary>What one file holds: as the process sees it, as the platter has it, and which sectors
/// differ.</summary>
internal sealed class SimulatedContent
{
    public const int SectorSizeBytes = 512;

    private readonly SortedSet<int> _dirtySectors = [];
    private byte[] _current = [];
    private byte[] _durable = [];
    private int _durableSizeBytes;

    public int SizeBytes { get; private set; }

    public static SimulatedContent FromDurable(ReadOnlySpan<byte> bytes)
    {
        var content = new SimulatedContent();
        content.Write(0, bytes);
        content.Sync();
        return content;
    }

    public int Read(long offsetBytes, Span<byte> buffer)
    {
        if (offsetBytes >= SizeBytes)
        {
            return 0;
        }

        int count = (int)Math.Min(buffer.Length, SizeBytes - offsetBytes);
        _current.AsSpan((int)offsetBytes, count).CopyTo(buffer);
        return count;
    }

    public void Write(long offsetBytes, ReadOnlySpan<byte> bytes)
    {
        int offset = checked((int)offsetBytes);
        int end = checked(offset + bytes.Length);
        Grow(end);
        bytes.CopyTo(_current.AsSpan(offset));
        MarkDirty(offset, end);
    }

    public void SetLength(long lengthBytes)
    {
        int length = checked((int)lengthBytes);
        if (length > SizeBytes)
        {
            Grow(length);
            return;
        }

        Array.Clear(_current, length, SizeBytes - length);
        MarkDirty(length, SizeBytes);
        SizeBytes = length;
    }

    public void Sync()
    {
        if (_durable.Length < _current.Length)
        {
            Array.Resize(ref _durable, _current.Length);
        }

        foreach (int sector in _dirtySectors)
        {
            CopySector(_current, _durable, sector);
        }

        _dirtySectors.Clear();
        _durableSizeBytes = SizeBytes;
    }

    /// <summary>A failed sync: the unsynced pages are marked clean. They are gone, or stay readable until the
    /// power goes.</summary>
    public void DropUnsynced(bool keepReadable)
    {
        if (!keepReadable)
        {
            Array.Clear(_current);
            Array.Resize(ref _current, Math.Max(_current.Length, _durableSizeBytes));
            _durable.AsSpan(0, _durableSizeBytes).CopyTo(_current);
            SizeBytes = _durableSizeBytes;
        }

        _dirtySectors.Clear();
    }

    /// <summary>What is found after the power comes back.</summary>
    public byte[] Survive(Random random, double keepRatio, PowerCutLosses losses)
    {
        int size = Pick(random, keepRatio) ? SizeBytes : _durableSizeBytes;
        if (SizeBytes > _durableSizeBytes && keepRatio is > 0 and < 1 && random.Next(3) == 0)
        {
            size = random.Next(_durableSizeBytes, SizeBytes + 1);
        }

        int capacity = Math.Max(Math.Max(_current.Length, _durable.Length), size);
        byte[] result = new byte[capacity];
        _durable.AsSpan(0, _durableSizeBytes).CopyTo(result);
        bool hasKept = false;
        bool hasLost = false;
        bool isTorn = false;
        bool isReordered = false;
        foreach (int sector in _dirtySectors)
        {
            if (Pick(random, keepRatio))
            {
                CopySector(_current, result, sector);
                isReordered |= hasLost;
                hasKept = true;
            }
            else
            {
                losses.SectorCount++;
                isTorn |= hasKept;
                hasLost = true;
            }
        }

        losses.TornFileCount += isTorn ? 1 : 0;
        losses.ReorderedFileCount += isReordered ? 1 : 0;

        return result.AsSpan(0, size).ToArray();
    }

    public byte[] ToArray() => _current.AsSpan(0, SizeBytes).ToArray();

    private static bool Pick(Random random, double keepRatio) => random.NextDouble() < keepRatio;

    private static void CopySector(byte[] source, byte[] target, int sector)
    {
        int offset = sector * SectorSizeBytes;
        int count = Math.Min(SectorSizeBytes, Math.Min(source.Length, target.Length) - offset);
        if (count > 0)
        {
            source.AsSpan(offset, count).CopyTo(target.AsSpan(offset));
        }
    }

    private void MarkDirty(int start, int end)
    {
        for (int sector = start / SectorSizeBytes; sector * SectorSizeBytes < end; sector++)
        {
            _dirtySectors.Add(sector);
        }
    }

    private void Grow(int size)
    {
        if (size > _current.Length)
        {
            Array.Resize(ref _current, Math.Max(size, Math.Min(_current.Length * 2, 64 << 20)));
        }

        SizeBytes = Math.Max(SizeBytes, size);
    }
}
