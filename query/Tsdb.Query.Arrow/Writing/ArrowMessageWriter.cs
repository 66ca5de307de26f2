using System.Buffers.Binary;
using Tsdb.Core;

namespace Tsdb.Query.Arrow.Writing;

/// <summary>
/// Writes messages of an Arrow IPC stream straight into one slab, columns where they will be sent from: what
/// a sender of many rows needs, at no allocation per batch.
/// </summary>
/// <remarks>
/// <code>
/// 0xFFFFFFFF · metadata size u32 · flatbuffer `Message`, padded to 8 · body: buffers, each padded to 8
/// </code>
/// Little-endian; Arrow Columnar Format 1.5, "Encapsulated message format"; tables as in Arrow's Message.fbs
/// and Schema.fbs, metadata version V5. One thread.
/// </remarks>
public sealed class ArrowMessageWriter
{
    private const int PrefixSizeBytes = 8;
    private const int Alignment = 8;
    private const short VersionV5 = 4;
    private const int NodeSizeBytes = 16;

    private readonly ByteSlab _bytes = new();
    private FlatWriter _flat;
    private int _message;
    private int _nextNode;
    private int _nextBuffer;
    private int _bodyOffset;

    /// <summary>What was written since the last <see cref="Clear"/>. Valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => _bytes.Span;

    /// <summary>Forgets all; keeps the memory.</summary>
    public void Clear() => _bytes.Clear();

    /// <summary>Ends an IPC stream; another may follow.</summary>
    public void AddEnd()
    {
        Span<byte> mark = _bytes.Reserve(PrefixSizeBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(mark, uint.MaxValue);
        _bytes.Advance(PrefixSizeBytes);
    }

    /// <summary>Adds a schema.</summary>
    public void AddSchema(
        IReadOnlyList<ArrowOutputField> fields, IReadOnlyCollection<KeyValuePair<string, string>> metadata)
    {
        int pointer = StartMessage(ArrowOutputHeader.Schema);
        int schema = _flat.AddTable(0, sizeof(int), sizeof(int));
        _flat.Point(pointer, schema);
        int elements = _flat.AddVector(_flat.FieldOf(schema, 1), fields.Count, sizeof(int));
        for (int i = 0; i < fields.Count; i++)
        {
            fields[i].Write(_flat, elements + (i * sizeof(int)));
        }

        elements = _flat.AddVector(_flat.FieldOf(schema, 2), metadata.Count, sizeof(int));
        foreach ((string key, string value) in metadata)
        {
            int pair = _flat.AddTable(sizeof(int), sizeof(int));
            _flat.Point(elements, pair);
            _flat.AddText(_flat.FieldOf(pair, 0), key);
            _flat.AddText(_flat.FieldOf(pair, 1), value);
            elements += sizeof(int);
        }

        StartBody();
        EndBody();
    }

    /// <summary>Adds entries of a dictionary of texts, without nulls.</summary>
    /// <param name="id">The dictionary's.</param>
    /// <param name="isDelta">Whether they are added to those sent before.</param>
    /// <param name="offsets">Where each text starts in <paramref name="texts"/>, and where the last ends;
    /// may start above 0.</param>
    /// <param name="texts">UTF-8.</param>
    public void AddTexts(long id, bool isDelta, ReadOnlySpan<int> offsets, ReadOnlySpan<byte> texts)
    {
        int pointer = StartMessage(ArrowOutputHeader.DictionaryBatch);
        int dictionary = _flat.AddTable(sizeof(long), sizeof(int), sizeof(byte));
        _flat.Point(pointer, dictionary);
        _flat.WriteInt64(_flat.FieldOf(dictionary, 0), id);
        _flat.WriteByte(_flat.FieldOf(dictionary, 2), isDelta ? (byte)1 : (byte)0);
        StartBatch(_flat.FieldOf(dictionary, 1), offsets.Length - 1, nodeCount: 1, bufferCount: 3);
        AddNode(offsets.Length - 1, nullCount: 0);
        AddBuffer(0);
        Span<byte> target = AddBuffer(offsets.Length * sizeof(int));
        for (int i = 0; i < offsets.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(target[(i * sizeof(int))..], offsets[i] - offsets[0]);
        }

        texts[offsets[0]..offsets[^1]].CopyTo(AddBuffer(offsets[^1] - offsets[0]));
        EndBody();
    }

    /// <summary>Starts a record batch. Nodes and buffers follow as the schema demands, then
    /// <see cref="EndBody"/>.</summary>
    public void StartBatch(int rowCount, int nodeCount, int bufferCount) =>
        StartBatch(StartMessage(ArrowOutputHeader.RecordBatch), rowCount, nodeCount, bufferCount);

    /// <summary>Adds the node of the next column.</summary>
    public void AddNode(int rowCount, int nullCount)
    {
        _flat.WriteInt64(_nextNode, rowCount);
        _flat.WriteInt64(_nextNode + sizeof(long), nullCount);
        _nextNode += NodeSizeBytes;
    }

    /// <summary>Adds the next buffer, to be filled before anything else is added.</summary>
    public Span<byte> AddBuffer(int sizeBytes)
    {
        int offset = _bytes.SizeBytes;
        _flat.WriteInt64(_nextBuffer, offset - _bodyOffset);
        _flat.WriteInt64(_nextBuffer + sizeof(long), sizeBytes);
        _nextBuffer += NodeSizeBytes;
        int paddedBytes = (sizeBytes + Alignment - 1) / Alignment * Alignment;
        Span<byte> room = _bytes.Reserve(paddedBytes);
        room[sizeBytes..paddedBytes].Clear();
        _bytes.Advance(paddedBytes);
        return room[..sizeBytes];
    }

    /// <summary>Ends the message.</summary>
    public void EndBody() => _flat.WriteInt64(_flat.FieldOf(_message, 3), _bytes.SizeBytes - _bodyOffset);

    private void StartBatch(int pointer, int rowCount, int nodeCount, int bufferCount)
    {
        int batch = _flat.AddTable(sizeof(long), sizeof(int), sizeof(int));
        _flat.Point(pointer, batch);
        _flat.WriteInt64(_flat.FieldOf(batch, 0), rowCount);
        _nextNode = _flat.AddVector(_flat.FieldOf(batch, 1), nodeCount, NodeSizeBytes);

        // A vector of 16-byte structs is aligned by its 8-byte members.
        _nextBuffer = _flat.AddVector(_flat.FieldOf(batch, 2), bufferCount, NodeSizeBytes);
        StartBody();
    }

    // Gives the place of the offset that is to lead to the header.
    private int StartMessage(ArrowOutputHeader header)
    {
        Span<byte> prefix = _bytes.Reserve(PrefixSizeBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, uint.MaxValue);
        _bytes.Advance(PrefixSizeBytes);
        _flat = new FlatWriter(_bytes, _bytes.SizeBytes);
        _flat.AddZeros(sizeof(int));
        _message = _flat.AddTable(sizeof(short), sizeof(byte), sizeof(int), sizeof(long));
        _flat.Point(0, _message);
        _flat.WriteInt16(_flat.FieldOf(_message, 0), VersionV5);
        _flat.WriteByte(_flat.FieldOf(_message, 1), (byte)header);
        return _flat.FieldOf(_message, 2);
    }

    private void StartBody()
    {
        _flat.Pad(Alignment);
        _flat.WriteInt32(-sizeof(int), _flat.SizeBytes);
        _bodyOffset = _bytes.SizeBytes;
    }
}
