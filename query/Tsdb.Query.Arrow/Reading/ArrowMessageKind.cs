namespace Tsdb.Query.Arrow.Reading;

/// <summary>Kinds of Arrow IPC messages; numbers as in Arrow's Message.fbs, the end mark apart.</summary>
internal enum ArrowMessageKind : byte
{
    EndOfStream = 0,
    Schema = 1,
    DictionaryBatch = 2,
    RecordBatch = 3,
}
