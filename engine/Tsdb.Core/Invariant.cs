using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Tsdb.Core;

/// <summary>Checks that stay on in Release: one condition per call, for each batch, page, segment or state
/// change.</summary>
/// <remarks>A failure is a bug of ours. Nobody catches it; the host logs it and stops.</remarks>
public static class Invariant
{
    /// <summary>Stops the process's current work if <paramref name="condition"/> is false.</summary>
    /// <param name="condition">What must be true.</param>
    /// <param name="expression">The condition's source text; the compiler fills it in.</param>
    /// <exception cref="InvariantViolatedException">The condition is false.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Holds(
        [DoesNotReturnIf(false)] bool condition,
        [CallerArgumentExpression(nameof(condition))] string? expression = null)
    {
        if (!condition)
        {
            Throw(expression);
        }
    }

    [DoesNotReturn]
    private static void Throw(string? expression) =>
        throw new InvariantViolatedException($"Invariant does not hold: {expression}");
}
