using System.Net;

namespace Tsdb.EndToEnd.Kills;

/// <summary>The admin calls without messages, over gRPC as its wire is: no generated client is
/// needed.</summary>
internal sealed class AdminCalls(string grpcUrl) : IDisposable
{
    // Not compressed, no bytes: an empty message.
    private static readonly byte[] _emptyMessage = new byte[5];

    private readonly HttpClient _client = new() { BaseAddress = new Uri(grpcUrl) };

    public void Dispose() => _client.Dispose();

    /// <summary>False when the server went away under the call.</summary>
    public async Task<bool> TryCallAsync(string method)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, $"/tsdb.v1.AdminService/{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(_emptyMessage),
        };
        request.Content.Headers.ContentType = new("application/grpc");
        request.Headers.TE.Add(new("trailers"));
        try
        {
            using HttpResponseMessage reply = await _client.SendAsync(request);
            await reply.Content.ReadAsByteArrayAsync();
            string status = string.Concat(reply.TrailingHeaders
                .Concat(reply.Headers)
                .Where(static header => header.Key == "grpc-status")
                .SelectMany(static header => header.Value));
            Assert.Equal("0", status);
            return true;
        }
        catch (HttpRequestException)
        {
            // Killed under the call, which is what this is for.
            return false;
        }
    }
}
