namespace Tsdb.Query.Arrow.Writing;

/// <summary>Kinds of messages written; numbers of the union `MessageHeader` in Arrow's Message.fbs.</summary>
internal enum ArrowOutputHeader : byte
{
    None = 0,
    Schema = 1,
    DictionaryBatch = 2,
    RecordBatch = 3,
}
