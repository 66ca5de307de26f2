using System.Buffers;
using Google.Protobuf;
using Grpc.Core;
using Tsdb.Protocol.V1;
using Tsdb.Server.Faults;

namespace Tsdb.Server.Rpc;

/// <summary>
/// Reads <see cref="StreamRequest"/> off the wire without an array of its own for the columns.
/// </summary>
/// <remarks>
/// Protocol Buffers encoding, "Message structure": a field is a varint of number · 8 + wire type, then its
/// value. Unknown fields are passed over; of a field that comes twice the last counts.
/// </remarks>
internal static class StreamMessageReader
{
    private const int VarintWireType = 0;
    private const int Fixed64WireType = 1;
    private const int LengthWireType = 2;
    private const int Fixed32WireType = 5;
    private const int VarintSizeBytesMax = 10;

    /// <summary>For the server's end of the call; requests are never written by it.</summary>
    public static Marshaller<StreamMessage> Marshaller { get; } = Marshallers.Create<StreamMessage>(
        static (_, _) => throw new NotSupportedException("a server does not send requests"),
        static context => Read(context.PayloadAsReadOnlySequence()));

    /// <summary>Copies a message and finds its fields.</summary>
    /// <exception cref="RequestFaultException">It is not one.</exception>
    public static StreamMessage Read(ReadOnlySequence<byte> payload)
    {
        int sizeBytes = checked((int)payload.Length);
        byte[] rented = ArrayPool<byte>.Shared.Rent(Math.Max(1, sizeBytes));
        try
        {
            payload.CopyTo(rented);
            return Read(rented, sizeBytes);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(rented);
            throw;
        }
    }

    private static StreamMessage Read(byte[] rented, int sizeBytes)
    {
        StreamOpen? open = null;
        ulong sequence = 0;
        ReadOnlyMemory<byte> ipc = default;
        int offset = 0;
        while (offset < sizeBytes)
        {
            ulong tag = ReadVarint(rented.AsSpan(0, sizeBytes), ref offset);
            ulong value = SkipValue(rented.AsSpan(0, sizeBytes), (int)(tag & 7), ref offset);
            switch (tag)
            {
                case (StreamRequest.OpenFieldNumber << 3) | LengthWireType:
                    open = ReadOpen(rented, offset - (int)value, (int)value);
                    break;
                case (StreamRequest.SequenceFieldNumber << 3) | VarintWireType:
                    sequence = value;
                    break;
                case (StreamRequest.IpcFieldNumber << 3) | LengthWireType:
                    ipc = rented.AsMemory(offset - (int)value, (int)value);
                    break;
                default:
                    if (tag >> 3 == 0)
                    {
                        throw Malformed();
                    }

                    break;
            }
        }

        return new StreamMessage(open, sequence, rented, ipc);
    }

    private static StreamOpen ReadOpen(byte[] bytes, int offset, int sizeBytes)
    {
        try
        {
            return StreamOpen.Parser.ParseFrom(bytes, offset, sizeBytes);
        }
        catch (InvalidProtocolBufferException)
        {
            throw Malformed();
        }
    }

    /// <summary>Moves behind a value. Gives a varint's value, or a length.</summary>
    private static ulong SkipValue(ReadOnlySpan<byte> bytes, int wireType, ref int offset)
    {
        ulong value = wireType switch
        {
            VarintWireType or LengthWireType => ReadVarint(bytes, ref offset),
            Fixed64WireType => sizeof(ulong),
            Fixed32WireType => sizeof(uint),
            _ => throw Malformed(),
        };
        if (wireType != VarintWireType)
        {
            if (value > (ulong)(bytes.Length - offset))
            {
                throw Malformed();
            }

            offset += (int)value;
        }

        return value;
    }

    private static ulong ReadVarint(ReadOnlySpan<byte> bytes, ref int offset)
    {
        ulong value = 0;
        for (int i = 0; i < VarintSizeBytesMax; i++)
        {
            if (offset == bytes.Length)
            {
                throw Malformed();
            }

            byte part = bytes[offset++];
            value |= (ulong)(part & 0x7F) << (7 * i);
            if (part < 0x80)
            {
                return value;
            }
        }

        throw Malformed();
    }

    private static RequestFaultException Malformed() =>
        new(FaultKind.Invalid, "the message is no StreamRequest: its protocol buffer encoding is malformed");
}
