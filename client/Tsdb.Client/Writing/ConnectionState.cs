using Google.Protobuf;
using Tsdb.Query.Arrow.Writing;

namespace Tsdb.Client.Writing;

/// <summary>What the server knows on one connection: a schema, and the tag sets up to some number.</summary>
internal sealed class ConnectionState(SeriesTexts series)
{
    private readonly ArrowMessageWriter _prefix = new();
    private BatchLayout? _layout;
    private int _seriesCount;

    /// <summary>The bytes to send for a batch: with what is missing to read it before it.</summary>
    public ByteString Frame(SentBatch batch)
    {
        _prefix.Clear();
        if (!ReferenceEquals(_layout, batch.Layout))
        {
            if (_layout is not null)
            {
                _prefix.AddEnd();
            }

            batch.Layout.WriteSchema(_prefix);
            _layout = batch.Layout;
            _seriesCount = 0;
        }

        if (_seriesCount < batch.SeriesCount)
        {
            bool isDelta = _seriesCount > 0;
            _seriesCount = series.Read(
                _seriesCount,
                (offsets, texts) => _prefix.AddTexts(BatchLayout.DictionaryId, isDelta, offsets, texts));
        }

        if (_prefix.Written.IsEmpty)
        {
            return UnsafeByteOperations.UnsafeWrap(batch.Message);
        }

        byte[] whole = new byte[_prefix.Written.Length + batch.Message.Length];
        _prefix.Written.CopyTo(whole);
        batch.Message.Span.CopyTo(whole.AsSpan(_prefix.Written.Length));
        return UnsafeByteOperations.UnsafeWrap(whole);
    }
}
