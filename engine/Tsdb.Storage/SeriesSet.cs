using Tsdb.Core;
using Tsdb.Storage.Indexing;

namespace Tsdb.Storage;

/// <summary>
/// A set of series of one table, by their ordinals in its <see cref="TagIndex"/>: a roaring bitmap.
/// </summary>
/// <remarks>Immutable and thread safe.</remarks>
public sealed class SeriesSet
{
    private readonly Container?[] _containers;

    internal SeriesSet(Container?[] containers)
    {
        _containers = containers;
        foreach (Container? container in containers)
        {
            Count += container?.Count ?? 0;
        }
    }

    /// <summary>No series.</summary>
    public static SeriesSet Empty { get; } = new([]);

    /// <summary>Series in the set.</summary>
    public int Count { get; }

    /// <summary>Bytes of memory that it takes, about.</summary>
    public long SizeBytes
    {
        get
        {
            long sizeBytes = _containers.Length * 8L;
            foreach (Container? container in _containers)
            {
                sizeBytes += container?.SizeBytes ?? 0;
            }

            return sizeBytes;
        }
    }

    internal ReadOnlySpan<Container?> Containers => _containers;

    /// <summary>The first so many series of a table.</summary>
    public static SeriesSet All(int seriesCount)
    {
        Container?[] containers = new Container?[Container.CountFor(seriesCount)];
        for (int i = 0; i < containers.Length; i++)
        {
            containers[i] = Container.Below(Math.Min(Container.Span, seriesCount - (i * Container.Span)));
        }

        return new SeriesSet(containers);
    }

    /// <summary>The series at some ordinals, in any order.</summary>
    public static SeriesSet Of(ReadOnlySpan<int> ordinals)
    {
        SeriesSetBuilder builder = new();
        foreach (int ordinal in ordinals)
        {
            builder.Add(ordinal);
        }

        return builder.Build();
    }

    /// <summary>Whether a series is in the set.</summary>
    public bool Contains(int ordinal)
    {
        int index = ordinal / Container.Span;
        return index < _containers.Length
            && _containers[index] is { } container
            && container.Contains((ushort)ordinal);
    }

    /// <summary>The series that are in both.</summary>
    public SeriesSet And(SeriesSet other)
    {
        Container?[] containers = new Container?[Math.Min(_containers.Length, other._containers.Length)];
        for (int i = 0; i < containers.Length; i++)
        {
            containers[i] = other._containers[i] is { } right ? _containers[i]?.And(right) : null;
        }

        return new SeriesSet(containers);
    }

    /// <summary>The series that are in either.</summary>
    public SeriesSet Or(SeriesSet other)
    {
        Container?[] containers = new Container?[Math.Max(_containers.Length, other._containers.Length)];
        for (int i = 0; i < containers.Length; i++)
        {
            Container? left = i < _containers.Length ? _containers[i] : null;
            Container? right = i < other._containers.Length ? other._containers[i] : null;
            containers[i] = left is null || right is null ? left ?? right : left.Or(right);
        }

        return new SeriesSet(containers);
    }

    /// <summary>The series of this set that are not in the other.</summary>
    public SeriesSet AndNot(SeriesSet other)
    {
        Container?[] containers = new Container?[_containers.Length];
        for (int i = 0; i < containers.Length; i++)
        {
            Container? right = i < other._containers.Length ? other._containers[i] : null;
            containers[i] = right is null ? _containers[i] : _containers[i]?.AndNot(right);
        }

        return new SeriesSet(containers);
    }

    /// <summary>The ordinals, ascending.</summary>
    public int[] ToArray()
    {
        int[] ordinals = new int[Count];
        int written = 0;
        for (int i = 0; i < _containers.Length; i++)
        {
            if (_containers[i] is { } container)
            {
                container.CopyTo(ordinals.AsSpan(written, container.Count), i * Container.Span);
                written += container.Count;
            }
        }

        Invariant.Holds(written == Count);
        return ordinals;
    }
}
