using Tsdb.Core;

namespace Tsdb.Server.Faults;

/// <summary>Refusals as text, the same in every protocol and in metrics.</summary>
internal static class RejectText
{
    private static readonly string[] _names = MakeNames();

    /// <summary>The reason in snake_case, as <c>malformed_number</c>.</summary>
    public static string NameOf(RejectReason reason) => _names[(int)reason];

    /// <summary>The reason and its detail in one line.</summary>
    public static string Of(RowReject reject) =>
        reject.Detail is null ? NameOf(reject.Reason) : $"{NameOf(reject.Reason)}: {reject.Detail}";

    private static string[] MakeNames()
    {
        RejectReason[] reasons = Enum.GetValues<RejectReason>();
        string[] names = new string[(int)reasons.Max() + 1];
        foreach (RejectReason reason in reasons)
        {
            names[(int)reason] = string.Concat(reason.ToString().Select(
                static (letter, i) => char.IsUpper(letter) && i > 0 ? $"_{letter}" : $"{letter}"))
                .ToLowerInvariant();
        }

        return names;
    }
}
