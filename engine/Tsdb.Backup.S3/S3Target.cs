using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Tsdb.Storage.Backups;

namespace Tsdb.Backup.S3;

/// <summary>
/// A bucket of an S3-compatible object store as a target. An object appears when all of it has come. A call
/// that fails by the network or by the store's load is made again, later each time. Thread safe.
/// </summary>
public sealed class S3Target : IBackupTarget, IDisposable
{
    private const int RetryCountMax = 6;
    private static readonly TimeSpan _callMax = TimeSpan.FromMinutes(5);

    private readonly AmazonS3Client _client;
    private readonly S3Calls _calls;
    private readonly string _bucket;
    private readonly string _prefix;
    private volatile bool _ignoresConditions;

    /// <summary>Makes a target; nothing is sent yet.</summary>
    public S3Target(S3Location location)
    {
        _bucket = location.Bucket;
        _prefix = location.Prefix.Length == 0 ? "" : location.Prefix + "/";
        Description = location.ToString();
        _calls = new S3Calls(Description);
        AmazonS3Config config = new()
        {
            ForcePathStyle = location.UsesPathStyle,
            RetryMode = RequestRetryMode.Standard,
            MaxErrorRetry = RetryCountMax,
            Timeout = _callMax,
            // Each request is signed with the SHA-256 of its body, and the backup's manifest has that of
            // every object; the checksums that the SDK would add are not understood by all stores.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (location.Endpoint is { } endpoint)
        {
            config.ServiceURL = endpoint.AbsoluteUri;
            config.AuthenticationRegion = location.Region;
        }
        else
        {
            config.RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(location.Region);
        }

        _client = new AmazonS3Client(config);
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public Task PutAsync(string key, Stream content, CancellationToken cancellationToken) =>
        _calls.RunAsync("put", key, async () =>
        {
            if (content.Length - content.Position > S3Upload.PartSizeBytes)
            {
                await new S3Upload(_client, _bucket, _prefix + key)
                    .RunAsync(content, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await _client.PutObjectAsync(PutOf(key, content), cancellationToken).ConfigureAwait(false);
            }

            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<bool> TryAddAsync(string key, Stream content, CancellationToken cancellationToken) =>
        _calls.RunAsync("put", key, async () =>
        {
            long begin = content.Position;
            PutObjectRequest request = PutOf(key, content);
            request.IfNoneMatch = _ignoresConditions ? null : "*";
            try
            {
                await _client.PutObjectAsync(request, cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (AmazonS3Exception taken) when (taken.StatusCode == HttpStatusCode.PreconditionFailed)
            {
                return false;
            }
            catch (AmazonS3Exception unknown) when (unknown.StatusCode == HttpStatusCode.NotImplemented)
            {
                _ignoresConditions = true;
                content.Position = begin;
            }

            await _client.PutObjectAsync(PutOf(key, content), cancellationToken).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<Stream?> OpenAsync(string key, CancellationToken cancellationToken) =>
        _calls.RunAsync<Stream?>("get", key, async () =>
        {
            // Asked for in part, the SDK does not compare what comes with an MD5: the reader has better
            // checksums, and says what is wrong.
            GetObjectRequest request = new()
            {
                BucketName = _bucket,
                Key = _prefix + key,
                ByteRange = new ByteRange("bytes=0-"),
            };
            try
            {
                GetObjectResponse reply =
                    await _client.GetObjectAsync(request, cancellationToken).ConfigureAwait(false);
                return new S3ReadStream(_client, _calls, request, reply);
            }
            catch (AmazonS3Exception reply) when (S3Calls.IsMissing(reply))
            {
                return null;
            }
            catch (AmazonS3Exception reply) when (
                reply.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                // No part of an object without bytes can be had.
                return Stream.Null;
            }
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<BackupObject>> ListAsync(string folder, CancellationToken cancellationToken) =>
        _calls.RunAsync<IReadOnlyList<BackupObject>>("list", folder, async () =>
        {
            List<BackupObject> found = [];
            ListObjectsV2Request request = new() { BucketName = _bucket, Prefix = $"{_prefix}{folder}/" };
            ListObjectsV2Response page;
            do
            {
                page = await _client.ListObjectsV2Async(request, cancellationToken).ConfigureAwait(false);
                foreach (S3Object item in page.S3Objects ?? [])
                {
                    found.Add(new BackupObject(item.Key[_prefix.Length..], item.Size ?? 0));
                }

                request.ContinuationToken = page.NextContinuationToken;
            }
            while (page.IsTruncated == true);
            found.Sort(static (left, right) => string.CompareOrdinal(left.Key, right.Key));
            return found;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task DeleteAsync(string key, CancellationToken cancellationToken) =>
        _calls.RunAsync(
            "delete",
            key,
            () => _client.DeleteObjectAsync(_bucket, _prefix + key, cancellationToken),
            cancellationToken);

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _client.Dispose();

    private PutObjectRequest PutOf(string key, Stream content) => new()
    {
        BucketName = _bucket,
        Key = _prefix + key,
        InputStream = content,
        AutoCloseStream = false,
        AutoResetStreamPosition = false,
        UseChunkEncoding = false,
    };
}
