using Tsdb.Faults;
using Tsdb.Storage;
using Tsdb.Storage.Segments;

namespace Tsdb.Simulation.Scrubbing;

/// <summary>What is said of damage: each part at its own place, and no more of it than there is, however
/// often it is looked at.</summary>
public sealed class ScrubDamageTests
{
    private static readonly TimeSpan _minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task More_parts_than_are_kept_are_summed_once_however_often_they_are_looked_at()
    {
        SimulatedStorageDevice device = await ScrubbedDatabase.WriteAsync(dayCount: 1, seriesCount: 70);
        byte[] sound = ScrubbedDatabase.Damage(device, ScrubbedDatabase.SegmentsOf(device)[0]);
        ScrubbedDatabase database = ScrubbedDatabase.Open(device, new ManualClock());
        database.Pass(_minute);
        IReadOnlyList<SegmentDamage> found = database.Damages;
        Assert.Equal((64, 140L), (found.Count, found.Sum(static part => part.RowCount)));
        Assert.Equal(14, found[^1].RowCount);
        Assert.Null(found[^1].Series);

        long readSizeBytes = database.Scrub.ReadSizeBytes;
        int callCount = device.Calls.Count;
        database.Pass(_minute);
        database.Pass(_minute);
        Assert.True(database.Scrub.ReadSizeBytes >= 3 * readSizeBytes);
        Assert.Equal(found, database.Damages);
        Assert.DoesNotContain(
            device.Calls.Skip(callCount), static call => call.Operation == DeviceOperation.Write);
        database.Close();

        ScrubbedDatabase again = ScrubbedDatabase.Open(device, new ManualClock());
        Assert.Equal(found, again.Damages);
        device.PutFile(found[0].Path, sound);
        again.Pass(_minute);
        Assert.Empty(again.Damages);
        again.Close();
    }

    [Fact]
    public async Task Each_block_that_cannot_be_read_is_told_at_its_own_offset()
    {
        SimulatedStorageDevice device = await ScrubbedDatabase.WriteAsync(dayCount: 1, rowCount: 2000);
        string path = ScrubbedDatabase.SegmentsOf(device)[0];
        ScrubbedDatabase database = ScrubbedDatabase.Open(device, new ManualClock());
        SegmentReader segment = SegmentReader.Open(device, path);
        SegmentSection data = segment.Footer.Data;
        segment.Release();
        int callCount = device.Calls.Count;
        database.ScrubNow();
        int openingReadCount = device.Calls.Skip(callCount)
            .Where(call => call.Operation == DeviceOperation.Read && call.Path == path)
            .TakeWhile(call => call.OffsetBytes < data.OffsetBytes || call.OffsetBytes >= data.EndBytes)
            .Count();

        int readCount = 0;
        device.Rule = (operation, name) => operation == DeviceOperation.Read && name == path
            && readCount++ >= openingReadCount ? InjectedFault.IoError : null;
        database.ScrubNow();
        Assert.Equal([1024L, 976L], database.Damages.Select(static part => part.RowCount));
        Assert.Equal(data.OffsetBytes, database.Damages[0].OffsetBytes);
        Assert.InRange(database.Damages[1].OffsetBytes, data.OffsetBytes + 1, data.EndBytes - 1);

        device.Rule = null;
        database.ScrubNow();
        Assert.Empty(database.Damages);
        database.Close();
    }
}
