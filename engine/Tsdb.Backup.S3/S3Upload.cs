using Amazon.S3;
using Amazon.S3.Model;

namespace Tsdb.Backup.S3;

/// <summary>An object that is sent in parts: it appears when the last call, which names them all, has
/// succeeded.</summary>
internal sealed class S3Upload(AmazonS3Client client, string bucket, string key)
{
    /// <summary>Size of all parts but the last. A store takes at least 5 MiB and 10 000 parts: objects of 160
    /// GB, above any segment.</summary>
    public const int PartSizeBytes = 16 << 20;

    /// <summary>Sends a stream from its position to its end; gives up what was sent when it fails.</summary>
    public async Task RunAsync(Stream content, CancellationToken cancellation)
    {
        InitiateMultipartUploadResponse upload = await client
            .InitiateMultipartUploadAsync(bucket, key, cancellation).ConfigureAwait(false);
        bool isComplete = false;
        try
        {
            CompleteMultipartUploadRequest end = new()
            {
                BucketName = bucket,
                Key = key,
                UploadId = upload.UploadId,
                PartETags = [],
            };
            long sentBytes = 0;
            long sizeBytes = content.Length - content.Position;
            while (sentBytes < sizeBytes)
            {
                long partSizeBytes = Math.Min(PartSizeBytes, sizeBytes - sentBytes);
                end.PartETags.Add(await SendPartAsync(
                    content, upload.UploadId, end.PartETags.Count + 1, partSizeBytes, cancellation)
                    .ConfigureAwait(false));
                sentBytes += partSizeBytes;
            }

            await client.CompleteMultipartUploadAsync(end, cancellation).ConfigureAwait(false);
            isComplete = true;
        }
        finally
        {
            if (!isComplete)
            {
                // The failure that stopped the upload is the one to report. Parts that stay are no object;
                // the bucket's rule for unfinished uploads removes them.
                Task abort = client.AbortMultipartUploadAsync(
                    bucket, key, upload.UploadId, CancellationToken.None);
                await abort.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<PartETag> SendPartAsync(
        Stream content, string uploadId, int number, long sizeBytes, CancellationToken cancellation)
    {
        UploadPartRequest part = new()
        {
            BucketName = bucket,
            Key = key,
            UploadId = uploadId,
            PartNumber = number,
            PartSize = sizeBytes,
            InputStream = content,
            UseChunkEncoding = false,
        };
        UploadPartResponse sent = await client.UploadPartAsync(part, cancellation).ConfigureAwait(false);
        return new PartETag(number, sent.ETag);
    }
}
