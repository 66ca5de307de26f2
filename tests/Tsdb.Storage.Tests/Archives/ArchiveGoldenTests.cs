using Tsdb.Core;
using Tsdb.Core.Commands;
using Tsdb.Faults;
using Tsdb.Storage.Archives;
using Tsdb.Storage.Backups;
using Tsdb.Storage.Commits;
using Tsdb.Storage.Deletes;
using Tsdb.Storage.Wal;

namespace Tsdb.Storage.Tests.Archives;

public sealed class ArchiveGoldenTests
{
    private const string Name = "archive/v1";
    private const long FirstNs = 1_700_000_000_000_000_000;
    private static readonly Guid _uuid = new("00112233-4455-6677-8899-aabbccddeeff");
    private static readonly ArchiveRange _range = new(7, 9);
    private static readonly ArchiveMark _mark = new() { Lsn = 9, UntilNs = FirstNs + 5 };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_archive_of_version_1_is_read_and_still_written_byte_for_byte()
    {
        SimulatedStorageDevice device = new();
        await WriteAsync(device);
        GoldenFiles.WriteIfAsked(Name, device);
        SimulatedStorageDevice golden = GoldenFiles.Load(Name);
        Assert.Equal(golden.ListFiles(), device.ListFiles());
        Assert.All(golden.ListFiles(), path => Assert.Equal(golden.ReadFile(path), device.ReadFile(path)));

        ArchiveFolder folder = FolderOn(golden);
        Assert.Equal([_range], await folder.ListAsync(Token));
        Assert.Equal(_mark, await folder.ReadMarkAsync(Token));
        ArchivePieceReader piece = await folder.OpenAsync(_range, Token);
        List<ArchivedFrame> frames = [];
        List<Tombstone> deletes = [];
        while (piece.TryRead(out ArchivedFrame frame))
        {
            frames.Add(frame);
            Assert.True(FrameContents.TryRead(frame, deletes, out long rowCount));
            Assert.Equal(0, rowCount);
        }

        Assert.Equal([(7UL, FirstNs), (8, FirstNs), (9, FirstNs + 2)], frames.Select(
            static frame => (frame.Lsn, frame.CommitTimeNs)));
        Assert.Equal([8UL, 9], deletes.Select(static delete => delete.Lsn));
        Assert.Equal([[3u, 300u], null], deletes.Select(static delete => delete.Series));
        Assert.Equal(new TimeRange(-5, 1_000), deletes[0].Range);
    }

    [Fact]
    public async Task A_piece_with_any_byte_changed_is_refused_and_named()
    {
        SimulatedStorageDevice device = new();
        await WriteAsync(device);
        string path = device.ListFiles().Single(
            static path => path.EndsWith(".log", StringComparison.Ordinal));
        byte[] bytes = device.ReadFile(path);
        for (int i = 0; i < bytes.Length; i++)
        {
            byte[] damaged = [.. bytes];
            damaged[i] ^= 0x10;
            BackupException refusal = Assert.Throws<BackupException>(
                () => _ = new ArchivePieceReader(path, damaged, _uuid, _range));
            Assert.Equal((BackupFault.ObjectDamaged, path), (refusal.Fault, refusal.Place));
        }

        Assert.Throws<BackupException>(
            () => _ = new ArchivePieceReader(path, bytes.AsMemory(..^1), _uuid, _range));
        Assert.Throws<BackupException>(
            () => _ = new ArchivePieceReader(path, bytes, _uuid, new ArchiveRange(7, 10)));
    }

    private static ArchiveFolder FolderOn(SimulatedStorageDevice device) =>
        new(new BackupStore(new FolderTarget(device, "folder"), "db"), _uuid);

    /// <summary>An empty frame and two with a delete.</summary>
    private static async Task WriteAsync(SimulatedStorageDevice device)
    {
        using ArchivePieceWriter piece = new(_uuid, memory: null);
        Add(7, FirstNs, []);
        FrameWriter delete = new();
        delete.AddDelete(new DeleteRows(1, new TimeRange(-5, 1_000), [new SeriesId(3), new SeriesId(300)]));
        Add(8, FirstNs, delete.Payload.Span);
        delete.Clear();
        delete.AddDelete(new DeleteRows(2, TimeRange.All, null));
        Add(9, FirstNs + 2, delete.Payload.Span);
        ArchiveFolder folder = FolderOn(device);
        await folder.AddAsync(_range, piece.Finish(), Token);
        await folder.WriteMarkAsync(_mark, Token);

        void Add(ulong lsn, long timeNs, ReadOnlySpan<byte> payload) => piece.Add(
            new WalFrame(1, lsn, lsn - 1, timeNs, 0, payload.Length, 0, 0), payload);
    }
}
