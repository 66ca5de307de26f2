using System.Text.Json;

namespace Tsdb.EndToEnd;

/// <summary>What curl got.</summary>
internal sealed record CurlReply(int Status, string ContentType, string Body)
{
    public JsonElement ReadJson()
    {
        using JsonDocument document = JsonDocument.Parse(Body);
        return document.RootElement.Clone();
    }
}
