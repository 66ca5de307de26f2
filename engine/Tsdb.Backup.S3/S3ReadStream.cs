using Amazon.S3;
using Amazon.S3.Model;

namespace Tsdb.Backup.S3;

/// <summary>
/// An object as a stream to read; asks again for the rest when a connection breaks. Owns the reply. Not
/// thread safe.
/// </summary>
internal sealed class S3ReadStream(
    AmazonS3Client client, S3Calls calls, GetObjectRequest request, GetObjectResponse first) : Stream
{
    private const int BreakCountMax = 5;

    private readonly long _sizeBytes = first.ContentLength;
    private readonly string _etag = first.ETag;
    private GetObjectResponse _reply = first;
    private long _offset;
    private int _breakCount;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => _sizeBytes;

    public override long Position
    {
        get => _offset;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(
        Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_offset == _sizeBytes || buffer.Length == 0)
        {
            return 0;
        }

        while (true)
        {
            try
            {
                int sizeBytes = await _reply.ResponseStream.ReadAsync(buffer, cancellationToken)
                    .ConfigureAwait(false);
                if (sizeBytes > 0)
                {
                    _offset += sizeBytes;
                    return sizeBytes;
                }

                ThrowIfTried(null);
            }
            catch (Exception failure) when (failure is IOException or HttpRequestException)
            {
                ThrowIfTried(failure);
            }

            await AskAgainAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public override Task<int> ReadAsync(
        byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _reply.Dispose();
        }

        base.Dispose(disposing);
    }

    private void ThrowIfTried(Exception? failure)
    {
        if (++_breakCount > BreakCountMax)
        {
            throw new IOException(
                $"s3://{request.BucketName}/{request.Key} broke off {_breakCount} times, at last at byte "
                + $"{_offset} of {_sizeBytes}",
                failure);
        }
    }

    private async Task AskAgainAsync(CancellationToken cancellation)
    {
        _reply.Dispose();
        GetObjectRequest rest = new()
        {
            BucketName = request.BucketName,
            Key = request.Key,
            ByteRange = new ByteRange(_offset, _sizeBytes - 1),
            EtagToMatch = _etag,
        };
        _reply = await calls.RunAsync(
            "get", request.Key, () => client.GetObjectAsync(rest, cancellation), cancellation)
            .ConfigureAwait(false);
    }
}
