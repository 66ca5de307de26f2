namespace Tsdb.Storage.Catalogs;

/// <summary>How many events there were within the last hour, to the minute.</summary>
/// <remarks>Under the catalog's lock.</remarks>
internal sealed class RecentCount
{
    private const int MinuteCount = 60;

    private readonly int[] _counts = new int[MinuteCount];
    private long _minute;

    /// <summary>Notes one event.</summary>
    /// <param name="minute">Of any clock that does not run backwards.</param>
    public void Note(long minute)
    {
        MoveTo(minute);
        _counts[minute % MinuteCount]++;
    }

    /// <summary>The events of this minute and the 59 before it.</summary>
    public int Read(long minute)
    {
        MoveTo(minute);
        return _counts.Sum();
    }

    // What is an hour old makes room.
    private void MoveTo(long minute)
    {
        long passed = Math.Min(minute - _minute, MinuteCount);
        for (long i = 0; i < passed; i++)
        {
            _counts[(minute - i) % MinuteCount] = 0;
        }

        _minute = Math.Max(_minute, minute);
    }
}
