using Microsoft.AspNetCore.Http;
using Tsdb.Backup.S3;
using Tsdb.Storage.Backups;

namespace Tsdb.EndToEnd.ObjectStores;

/// <summary>What the target promises, with an object store of another maker, and with one that
/// fails.</summary>
public sealed class S3TargetTests
{
    // Three parts, the last one short.
    private const int LargeSizeBytes = (33 << 20) + 17;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Objects_of_every_size_come_back_are_listed_replaced_and_removed()
    {
        await using ObjectStore store = await ObjectStore.StartAsync();
        using S3Target target = Open(store, "a/b");
        byte[] large = new byte[LargeSizeBytes];
        new Random(1).NextBytes(large);
        byte[][] contents = [[6, 5], [7], large];
        for (int i = 0; i < contents.Length; i++)
        {
            await PutAsync(target, $"db/objects/{i}", contents[i]);
        }

        await PutAsync(target, "db/objects2", [1]);
        for (int i = 0; i < contents.Length; i++)
        {
            Assert.Equal(contents[i], await ReadAsync(target, $"db/objects/{i}"));
        }

        Assert.Equal(
            [("db/objects/0", 2), ("db/objects/1", 1), ("db/objects/2", LargeSizeBytes)],
            (await target.ListAsync("db/objects", Stop)).Select(static item => (item.Key, item.SizeBytes)));
        await PutAsync(target, "db/objects/1", [8, 9]);
        Assert.Equal([8, 9], await ReadAsync(target, "db/objects/1"));
        await target.DeleteAsync("db/objects/1", Stop);
        await target.DeleteAsync("db/objects/1", Stop);
        Assert.Null(await target.OpenAsync("db/objects/1", Stop));
        Assert.Empty(await target.ListAsync("db/none", Stop));
        // So a store answers that has an object without bytes; the one here does not.
        store.Proxy.Decide = static _ => ProxyFault.RangeMissing;
        Assert.Empty(await ReadAsync(target, "db/objects/empty"));
    }

    [Fact]
    public async Task A_listing_of_more_than_one_page_is_whole()
    {
        const int Count = 1005;
        await using ObjectStore store = await ObjectStore.StartAsync();
        using S3Target target = Open(store, "");
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Count),
            Stop,
            async (i, _) => await PutAsync(target, $"many/{i:D5}", [1]));
        Assert.Equal(
            Enumerable.Range(0, Count).Select(static i => $"many/{i:D5}"),
            (await target.ListAsync("many", Stop)).Select(static item => item.Key));
    }

    [Fact]
    public async Task Calls_that_fail_are_made_again_until_the_object_is_whole()
    {
        await using ObjectStore store = await ObjectStore.StartAsync();
        using S3Target target = Open(store, "retry");
        byte[] content = new byte[LargeSizeBytes];
        new Random(2).NextBytes(content);
        FailEachCall(store, [ProxyFault.Busy, ProxyFault.Refuse, ProxyFault.LoseAnswer, ProxyFault.None]);
        await PutAsync(target, "k/small", content[..100]);
        await PutAsync(target, "k/large", content);
        FailEachCall(store, [ProxyFault.Fails, ProxyFault.BreakAnswer, ProxyFault.None]);
        Assert.Equal(content[..100], await ReadAsync(target, "k/small"));
        FailEachCall(
            store,
            [ProxyFault.BreakAnswer, ProxyFault.BreakAnswer, ProxyFault.Refuse, ProxyFault.None]);
        Assert.Equal(content, await ReadAsync(target, "k/large"));
        FailEachCall(store, [ProxyFault.Refuse, ProxyFault.Busy, ProxyFault.None]);
        Assert.Equal(2, (await target.ListAsync("k", Stop)).Count);
    }

    [Fact]
    public async Task A_key_that_is_taken_is_not_added_and_a_store_without_conditions_still_serves()
    {
        await using ObjectStore store = await ObjectStore.StartAsync();
        using S3Target target = Open(store, "add");
        Assert.True(await AddAsync(target, "k/1", [1]));
        store.Proxy.Decide = static request =>
            HasCondition(request) ? ProxyFault.ConditionFails : ProxyFault.None;
        Assert.False(await AddAsync(target, "k/1", [2]));
        Assert.Equal([1], await ReadAsync(target, "k/1"));
        store.Proxy.Decide = static request => HasCondition(request) ? ProxyFault.Unknown : ProxyFault.None;
        Assert.True(await AddAsync(target, "k/2", [3, 4]));
        Assert.Equal([3, 4], await ReadAsync(target, "k/2"));
    }

    [Fact]
    public async Task A_bucket_that_is_not_there_and_wrong_keys_are_errors_that_say_so()
    {
        await using ObjectStore store = await ObjectStore.StartAsync();
        using S3Target target = new(S3Location.Parse($"s3://other/p?endpoint={store.Proxy.Url}"));
        BackupException missing = await Assert.ThrowsAsync<BackupException>(
            () => target.OpenAsync("k", Stop));
        Assert.Equal(BackupFault.TargetFailed, missing.Fault);
        Assert.Contains("NoSuchBucket", missing.Message, StringComparison.Ordinal);
        Assert.Contains("s3://other/p", missing.Message, StringComparison.Ordinal);
        store.Proxy.Decide = static _ => ProxyFault.Forbidden;
        using S3Target denied = Open(store, "p");
        BackupException refused = await Assert.ThrowsAsync<BackupException>(
            () => PutAsync(denied, "k", [1]));
        Assert.Contains("403", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s3://bucket", "bucket", "", null, false)]
    [InlineData("s3://bucket/a/b/", "bucket", "a/b", null, false)]
    [InlineData("s3://bucket/a?endpoint=http://h:9000", "bucket", "a", "http://h:9000/", true)]
    [InlineData("s3://b-1?endpoint=https%3A%2F%2Fh&path-style=false", "b-1", "", "https://h/", false)]
    public void A_location_is_read(
        string text, string bucket, string prefix, string? endpoint, bool usesPathStyle)
    {
        S3Location location = S3Location.Parse(text);
        Assert.Equal(
            (bucket, prefix, endpoint, usesPathStyle),
            (location.Bucket, location.Prefix, location.Endpoint?.AbsoluteUri, location.UsesPathStyle));
    }

    [Theory]
    [InlineData("s3://")]
    [InlineData("s3://b")]
    [InlineData("s3:///p")]
    [InlineData("s3://bucket/a//b")]
    [InlineData("s3://bucket/../b")]
    [InlineData("s3://bucket/ä")]
    [InlineData("s3://bucket?endpoint=ftp://h")]
    [InlineData("s3://bucket?endpoint=http://u:p@h")]
    [InlineData("s3://bucket?secret=x")]
    [InlineData("s3://bucket?path-style=yes")]
    [InlineData("/folder")]
    public void A_text_that_is_no_location_is_refused(string text) => Assert.Equal(
        BackupFault.TargetRefused, Assert.Throws<BackupException>(() => S3Location.Parse(text)).Fault);

    private static S3Target Open(ObjectStore store, string prefix) =>
        new(S3Location.Parse(store.PlaceOf(prefix)));

    /// <summary>Each request, told apart by method and target, meets these fates one after the
    /// other.</summary>
    private static void FailEachCall(ObjectStore store, ProxyFault[] fates)
    {
        Dictionary<string, int> counts = [];
        store.Proxy.Decide = request =>
        {
            lock (counts)
            {
                string call = $"{request.Method} {request.Path}{request.QueryString}";
                counts[call] = counts.GetValueOrDefault(call) + 1;
                ProxyFault fate = fates[Math.Min(counts[call], fates.Length) - 1];
                // This store, unlike AWS, does not know an upload any more that it has completed.
                return fate == ProxyFault.LoseAnswer && request.Method == "POST" ? ProxyFault.Refuse : fate;
            }
        };
    }

    private static bool HasCondition(HttpRequest request) => request.Headers.ContainsKey("If-None-Match");

    private static async Task PutAsync(S3Target target, string key, byte[] bytes)
    {
        using MemoryStream content = new(bytes);
        await target.PutAsync(key, content, Stop);
    }

    private static async Task<bool> AddAsync(S3Target target, string key, byte[] bytes)
    {
        using MemoryStream content = new(bytes);
        return await target.TryAddAsync(key, content, Stop);
    }

    private static async Task<byte[]> ReadAsync(S3Target target, string key)
    {
        await using Stream stream = (await target.OpenAsync(key, Stop))!;
        using MemoryStream bytes = new();
        await stream.CopyToAsync(bytes, Stop);
        return bytes.ToArray();
    }
}
