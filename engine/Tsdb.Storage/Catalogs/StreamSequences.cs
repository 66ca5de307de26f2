using System.Text;
using Tsdb.Core;
using Tsdb.Storage.Records;

namespace Tsdb.Storage.Catalogs;

/// <summary>
/// How far each sender's numbered stream has come: logged with the rows, so that what it says is as durable
/// as they are. A flush keeps the latest number of each stream, not every one.
/// </summary>
/// <remarks>Thread safe; changed by the commit thread, and at recovery.</remarks>
internal sealed class StreamSequences(int countMax)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ulong> _sequences = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unflushed = new(StringComparer.Ordinal);

    /// <summary>The greatest number of the stream that is durable; 0 when none is known.</summary>
    public ulong Find(string streamId)
    {
        lock (_gate)
        {
            return _sequences.GetValueOrDefault(streamId);
        }
    }

    /// <summary>Takes a number that is logged now. Beyond the limit further streams are not
    /// remembered.</summary>
    public void Note(StreamPosition position)
    {
        lock (_gate)
        {
            if (Apply(position))
            {
                _unflushed.Add(position.StreamId);
            }
        }
    }

    /// <summary>Takes a number that a log holds. A smaller one is passed over, so that replaying twice is
    /// replaying once.</summary>
    public bool Apply(StreamPosition position)
    {
        lock (_gate)
        {
            if (position.Sequence <= _sequences.GetValueOrDefault(position.StreamId)
                || (_sequences.Count >= countMax && !_sequences.ContainsKey(position.StreamId)))
            {
                return false;
            }

            _sequences[position.StreamId] = position.Sequence;
            return true;
        }
    }

    /// <summary>Writes the streams that were noted since the last call, each with its latest
    /// number.</summary>
    public void DrainUnflushed(ByteChain target)
    {
        ByteSlab record = new();
        lock (_gate)
        {
            foreach (string streamId in _unflushed)
            {
                record.Clear();
                Write(record, new StreamPosition(streamId, _sequences[streamId]));
                target.Append(record.Span);
            }

            _unflushed.Clear();
        }

        record.Release();
    }

    /// <summary>Writes one definition record.</summary>
    public static void Write(ByteSlab target, StreamPosition position)
    {
        target.WriteByte((byte)DefinitionKind.StreamSequence);
        target.WriteBytes(Encoding.UTF8.GetBytes(position.StreamId));
        target.WriteVarInt(position.Sequence);
    }
}
