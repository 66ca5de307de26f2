using System.Text;
using Tsdb.EndToEnd.Processes;

namespace Tsdb.EndToEnd;

/// <summary>Requests as people send them by hand.</summary>
internal static class Curl
{
    /// <summary>Runs curl; a request that gets no answer fails the test.</summary>
    public static async Task<CurlReply> SendAsync(byte[]? body, params string[] arguments)
    {
        string[] sending = body is null ? [] : ["--data-binary", "@-"];
        ProcessOutcome outcome = await ForeignProcess.RunAsync(
            "curl",
            ["-sS", "--max-time", "30", "-w", "\n%{http_code} %{content_type}", .. sending, .. arguments],
            body);
        Assert.True(outcome.ExitCode == 0, $"curl ended with {outcome.ExitCode}: {outcome.Errors}");
        int end = outcome.Output.LastIndexOf('\n');
        string[] status = outcome.Output[(end + 1)..].Split(' ', 2);
        return new CurlReply(int.Parse(status[0]), status[1], outcome.Output[..end]);
    }

    /// <summary>Posts text.</summary>
    public static Task<CurlReply> PostAsync(string url, string body, params string[] arguments) =>
        SendAsync(Encoding.UTF8.GetBytes(body), [.. arguments, url]);

    /// <summary>Gets a page.</summary>
    public static Task<CurlReply> GetAsync(string url, params string[] arguments) =>
        SendAsync(null, [.. arguments, url]);
}
