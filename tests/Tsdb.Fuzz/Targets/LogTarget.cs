using System.Buffers.Binary;
using Tsdb.Storage.Codecs;
using Tsdb.Storage.Manifests;
using Tsdb.Storage.Wal;

namespace Tsdb.Fuzz.Targets;

/// <summary>A file of the write-ahead log, frames under right checksums: replayed in order or
/// refused.</summary>
internal sealed class LogTarget : FuzzTarget
{
    private const int PayloadSizeOffset = 60;
    private const int PayloadCrcOffset = 64;
    private const int HeaderCrcOffset = 76;

    private static readonly string _path = SampleDatabase.Files.Keys
        .Where(static path => path.EndsWith(".wal", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)
        .First();

    private readonly ManifestState _state =
        ManifestReader.Read(SampleDatabase.Load(_path, SampleDatabase.Files[_path])).State;

    public override string Name => "log";

    public override IReadOnlyList<byte[]> Samples { get; } = [SampleDatabase.Files[_path]];

    public override void Seal(byte[] input)
    {
        Span<byte> rest = input;
        for (; rest.Length >= WalFrame.UnitSizeBytes; rest = rest[WalFrame.UnitSizeBytes..])
        {
            int sizeBytes = BinaryPrimitives.ReadInt32LittleEndian(rest[PayloadSizeOffset..]);
            if (sizeBytes >= 0 && sizeBytes <= rest.Length - WalFrame.HeaderSizeBytes)
            {
                uint crc = Crc32C.Compute(rest.Slice(WalFrame.HeaderSizeBytes, sizeBytes));
                BinaryPrimitives.WriteUInt32LittleEndian(rest[PayloadCrcOffset..], crc);
            }

            BinaryPrimitives.WriteUInt32LittleEndian(
                rest[HeaderCrcOffset..], Crc32C.Compute(rest[..HeaderCrcOffset]));
        }
    }

    public override void Run(byte[] input)
    {
        WalOptions options = new() { DatabaseUuid = _state.DatabaseUuid };
        ulong previousLsn = 0;
        try
        {
            WalReader.Replay(
                SampleDatabase.Load(_path, input),
                options,
                _state.FlushedLsnOfAllShards,
                _state.KnownDurableLsn,
                (in WalFrame frame, ReadOnlySpan<byte> payload) =>
                {
                    if (frame.Lsn <= previousLsn || payload.Length != frame.PayloadSizeBytes)
                    {
                        throw new InvalidOperationException($"frame {frame.Lsn} after {previousLsn}");
                    }

                    previousLsn = frame.Lsn;
                });
        }
        catch (Exception exception) when (exception is WalCorruptException or WalUnsupportedException)
        {
            // Refused, with the place.
        }
    }
}
