using System.Text.Json;

namespace Tsdb.EndToEnd.Processes;

/// <summary>How a program ended, and what it said.</summary>
internal sealed record ProcessOutcome(int ExitCode, string Output, string Errors)
{
    public JsonElement ReadJson()
    {
        using JsonDocument document = JsonDocument.Parse(Output);
        return document.RootElement.Clone();
    }
}
