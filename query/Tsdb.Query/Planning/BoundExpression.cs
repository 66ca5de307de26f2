using Tsdb.Core;
using Tsdb.Query.Functions;

namespace Tsdb.Query.Planning;

/// <summary>A typed expression over the columns (slots) of its input. Immutable; workers share it.</summary>
/// <remarks><see cref="Describe"/> is also its identity: equal text, equal expression.</remarks>
internal abstract record BoundExpression(ResultType Type)
{
    /// <summary>As EXPLAIN shows it.</summary>
    public abstract string Describe();

    /// <summary>Adds the slots it reads.</summary>
    public abstract void CollectSlots(ISet<int> slots);
}

/// <summary>A value known when planning.</summary>
internal sealed record BoundConstant(ResultType Type, ulong Word, string? Text, bool IsNull)
    : BoundExpression(Type)
{
    public static BoundConstant Null(ResultType type) => new(type, 0, null, true);

    public static BoundConstant Bool(bool value) => new(ResultType.Bool, value ? 1UL : 0, null, false);

    public static BoundConstant Integer(long value) => new(ResultType.Int64, (ulong)value, null, false);

    public static BoundConstant Number(double value) =>
        new(ResultType.Float64, BitConverter.DoubleToUInt64Bits(value), null, false);

    public static BoundConstant Of(string text) => new(ResultType.String, 0, text, false);

    public static BoundConstant Instant(long timestampNs) =>
        new(ResultType.Timestamp, (ulong)timestampNs, null, false);

    public static BoundConstant Span(long durationNs) =>
        new(ResultType.Duration, (ulong)durationNs, null, false);

    public override string Describe() =>
        IsNull ? "NULL" : Type == ResultType.String ? $"'{Text}'" : WordText.Format(Type, Word);

    public override void CollectSlots(ISet<int> slots)
    {
    }
}

/// <summary>A column of the input.</summary>
internal sealed record BoundSlot(ResultType Type, int Slot, string Name) : BoundExpression(Type)
{
    public override string Describe() => Name;

    public override void CollectSlots(ISet<int> slots) => slots.Add(Slot);
}

/// <summary>The start of the time bucket an instant falls in; its own node because grouping by it is
/// special.</summary>
internal sealed record BoundBucket(TimeBucket Bucket, BoundExpression Argument)
    : BoundExpression(ResultType.Timestamp)
{
    public override string Describe() => $"time_bucket({Bucket}, {Argument.Describe()})";

    public override void CollectSlots(ISet<int> slots) => Argument.CollectSlots(slots);
}

/// <summary>A function or operator over argument columns.</summary>
internal sealed record BoundCall(
    ResultType Type, CallSite Site, KernelFactory Factory, IReadOnlyList<BoundExpression> Arguments)
    : BoundExpression(Type)
{
    public override string Describe()
    {
        List<string> arguments = [];
        foreach (BoundExpression argument in Arguments)
        {
            arguments.Add(argument.Describe());
        }

        bool isInfix = Arguments.Count == 2 && !char.IsLetter(Site.Name[0]);
        return isInfix ? $"({arguments[0]} {Site.Name} {arguments[1]})"
            : Site.Name is "AND" or "OR" or "LIKE"
                or "ILIKE" ? $"({string.Join($" {Site.Name} ", arguments)})"
            : $"{Site.Name}({string.Join(", ", arguments)})";
    }

    public override void CollectSlots(ISet<int> slots)
    {
        foreach (BoundExpression argument in Arguments)
        {
            argument.CollectSlots(slots);
        }
    }
}
