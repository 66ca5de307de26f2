using Tsdb.Core;

namespace Tsdb.Storage.Commits;

/// <summary>
/// Copies of the frames that are logged but not synced, because nobody asked for it yet: a failed sync may
/// lose them from the file, and they are logged again from here. Nothing is copied while every commit syncs.
/// </summary>
/// <remarks>The commit thread's.</remarks>
internal sealed class UnsyncedFrames
{
    /// <summary>Above so much the log is to be synced, so that the copies stay few.</summary>
    public const int SizeBytesMax = 16 << 20;

    private readonly ByteSlab _payloads = new();
    private readonly List<(ulong Lsn, TextSpan Payload)> _frames = [];

    public int SizeBytes => _payloads.SizeBytes;

    public int Count => _frames.Count;

    public void Add(ulong lsn, ReadOnlySpan<byte> payload) => _frames.Add((lsn, _payloads.Append(payload)));

    public ulong GetLsn(int index) => _frames[index].Lsn;

    public ReadOnlySpan<byte> GetPayload(int index) => _frames[index].Payload.In(_payloads.Span);

    public void Clear()
    {
        _frames.Clear();
        _payloads.Clear();
    }
}
