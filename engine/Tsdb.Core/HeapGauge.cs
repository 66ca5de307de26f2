using System.Diagnostics;

namespace Tsdb.Core;

/// <summary>
/// Whether the managed heap comes near its limit. Beyond the limit an allocation fails wherever it happens to
/// be; so new work is refused before.
/// </summary>
/// <remarks>Thread safe. Costs next to nothing between two collections.</remarks>
/// <param name="limitBytes">What the heap may commit.</param>
public sealed class HeapGauge(long limitBytes)
{
    // What is alive, and what is allocated until the next collection.
    private const double ShortRatio = 0.75;

    // A full collection takes long; while memory is short it is tried this often.
    private static readonly TimeSpan _collectEvery = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private int _collectionCount = -1;
    private long _collectStamp;
    private volatile bool _isShort;

    /// <summary>Whether new work is to be refused.</summary>
    public bool IsShort
    {
        get
        {
            bool isNew = GC.CollectionCount(0) != Volatile.Read(ref _collectionCount);
            if ((isNew || _isShort) && _gate.TryEnter())
            {
                try
                {
                    Read();
                }
                finally
                {
                    _gate.Exit();
                }
            }

            return _isShort;
        }
    }

    private void Read()
    {
        Volatile.Write(ref _collectionCount, GC.CollectionCount(0));
        bool isShort = MeasureBytes() > limitBytes * ShortRatio;
        if (isShort && Stopwatch.GetElapsedTime(_collectStamp) > _collectEvery)
        {
            // Garbage of older generations counts until it is collected: only then it is known.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
            Volatile.Write(ref _collectionCount, GC.CollectionCount(0));
            _collectStamp = Stopwatch.GetTimestamp();
            _isShort = MeasureBytes() > limitBytes * ShortRatio;
        }
        else if (!isShort)
        {
            _isShort = false;
        }
    }

    private static long MeasureBytes()
    {
        GCMemoryInfo info = GC.GetGCMemoryInfo(GCKind.Any);
        return info.HeapSizeBytes - info.FragmentedBytes;
    }
}
