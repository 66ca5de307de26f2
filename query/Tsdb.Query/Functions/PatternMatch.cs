using System.Text.RegularExpressions;
using Tsdb.Core;
using Tsdb.Query.Planning;

namespace Tsdb.Query.Functions;

/// <summary>LIKE, ILIKE and the regular expression operators ~ ~* !~ !~*; the pattern is a
/// constant.</summary>
internal static class PatternMatch
{
    public static BoundExpression Bind(CallSite site, BoundExpression left, BoundExpression right)
    {
        left = Coercion.To(site, left, ResultType.String);
        right = Coercion.To(site, right, ResultType.String);
        if (right is not BoundConstant pattern)
        {
            throw site.Error($"the pattern of {site.Name} must be a constant");
        }

        if (pattern.IsNull)
        {
            return BoundConstant.Null(ResultType.Bool);
        }

        bool ignoresCase = site.Name is "ILIKE" or "~*" or "!~*";
        bool isNegated = site.Name[0] == '!';
        Regex regex = Compile(site, pattern.Text!, ignoresCase);
        return site.Call(
            ResultType.Bool, TextKernels.Test(text => regex.IsMatch(text) != isNegated), left, right);
    }

    private static Regex Compile(CallSite site, string pattern, bool ignoresCase)
    {
        try
        {
            return site.Name is "LIKE" or "ILIKE"
                ? TextKernels.LikePattern(pattern, ignoresCase)
                : TextKernels.MakeRegex(pattern, ignoresCase);
        }
        catch (ArgumentException error)
        {
            throw site.Error($"'{pattern}' is not a regular expression: {error.Message}");
        }
        catch (NotSupportedException)
        {
            throw site.Error(
                "the pattern is too large, or has look-around or back-references, which are not supported");
        }
    }
}
