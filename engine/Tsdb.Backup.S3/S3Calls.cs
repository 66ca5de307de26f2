using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Tsdb.Storage.Backups;

namespace Tsdb.Backup.S3;

/// <summary>Makes the failures of an object store ours, with the place they are about.</summary>
/// <param name="place">The bucket and prefix, for messages.</param>
internal sealed class S3Calls(string place)
{
    /// <summary>Runs a call; the SDK has tried it several times when it fails.</summary>
    /// <exception cref="BackupException">The store failed or refused.</exception>
    public async Task<T> RunAsync<T>(
        string verb, string key, Func<Task<T>> call, CancellationToken cancellation)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (Exception failure) when (IsFailureOfStore(failure, cancellation))
        {
            throw new BackupException(
                BackupFault.TargetFailed,
                key,
                $"{place}: {verb} of {key} failed: {Describe(failure)}",
                failure);
        }
    }

    /// <summary>Whether the store says that there is no such object, rather than no such bucket.</summary>
    public static bool IsMissing(AmazonS3Exception reply) =>
        reply.StatusCode == HttpStatusCode.NotFound && reply.ErrorCode != "NoSuchBucket";

    /// <summary>A cancellation that nobody asked for is a time that ran out.</summary>
    private static bool IsFailureOfStore(Exception failure, CancellationToken cancellation) => failure
        is AmazonServiceException or AmazonClientException or HttpRequestException
        || (failure is OperationCanceledException && !cancellation.IsCancellationRequested);

    private static string Describe(Exception failure) => failure is AmazonServiceException reply
        && reply.StatusCode != 0
        ? $"{(int)reply.StatusCode} {reply.ErrorCode}: {reply.Message}"
        : failure.Message;
}
