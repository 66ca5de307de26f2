using System.Buffers;
using Google.Protobuf;
using Tsdb.Protocol.V1;
using Tsdb.Server.Faults;
using Tsdb.Server.Rpc;

namespace Tsdb.Server.Tests;

public sealed class StreamMessageReaderTests
{
    private const int Seed = 23;
    private const int RoundCount = 20_000;

    [Fact]
    public void A_request_is_read_as_protobuf_reads_it()
    {
        Random random = new(Seed);
        byte[] ipc = new byte[5_000];
        random.NextBytes(ipc);
        foreach (StreamRequest request in new[]
        {
            new StreamRequest(),
            new StreamRequest { Sequence = ulong.MaxValue },
            new StreamRequest { Sequence = 7, Ipc = ByteString.CopyFrom(ipc) },
            new StreamRequest { Open = new StreamOpen { StreamId = "a", Target = new() { Table = "t" } } },
        })
        {
            using StreamMessage message = StreamMessageReader.Read(new(request.ToByteArray()));
            AssertSame(request, message);
        }
    }

    [Fact]
    public void Unknown_fields_are_passed_over_and_the_last_of_a_field_counts()
    {
        byte[] bytes =
        [
            0x10, 0x01, // sequence 1
            0x98, 0x06, 0x96, 0x01, // field 99, varint
            0xA1, 0x06, 1, 2, 3, 4, 5, 6, 7, 8, // field 100, fixed64
            0xAD, 0x06, 1, 2, 3, 4, // field 101, fixed32
            0xB2, 0x06, 0x02, 0xFF, 0xFF, // field 102, two bytes
            0x10, 0x05, // sequence 5
        ];
        using StreamMessage message = StreamMessageReader.Read(new(bytes));
        Assert.Equal(5ul, message.Sequence);
    }

    [Fact]
    public void Damaged_bytes_are_refused_or_read_as_protobuf_reads_them()
    {
        Random random = new(Seed);
        StreamRequest request = new()
        {
            Sequence = 1_000_000,
            Ipc = ByteString.CopyFromUtf8("some columns"),
            Open = new StreamOpen { StreamId = "stream" },
        };
        byte[] sound = request.ToByteArray();
        int refusedCount = 0;
        for (int round = 0; round < RoundCount; round++)
        {
            byte[] bytes = sound[..random.Next(sound.Length + 1)];
            for (int i = random.Next(3); i > 0 && bytes.Length > 0; i--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            refusedCount += IsRefused(bytes) ? 1 : 0;
        }

        Assert.InRange(refusedCount, 1, RoundCount - 1);
    }

    [Fact]
    public void A_message_in_pieces_is_read_whole()
    {
        StreamRequest request = new() { Sequence = 3, Ipc = ByteString.CopyFromUtf8("abcdef") };
        byte[] bytes = request.ToByteArray();
        Piece first = new(bytes.AsMemory(0, 4));
        Piece last = first.Append(bytes.AsMemory(4));
        using StreamMessage message =
            StreamMessageReader.Read(new(first, 0, last, last.Memory.Length));
        Assert.Equal("abcdef"u8, message.Ipc.Span);
    }

    private static bool IsRefused(byte[] bytes)
    {
        StreamMessage message;
        try
        {
            message = StreamMessageReader.Read(new ReadOnlySequence<byte>(bytes));
        }
        catch (RequestFaultException fault)
        {
            Assert.Equal(FaultKind.Invalid, fault.Kind);
            return true;
        }

        using (message)
        {
            // Groups, which nobody sends, and text that is no UTF-8 are the parser's to judge.
            try
            {
                AssertSame(StreamRequest.Parser.ParseFrom(bytes), message);
            }
            catch (InvalidProtocolBufferException)
            {
                return false;
            }
        }

        return false;
    }

    private static void AssertSame(StreamRequest expected, StreamMessage actual)
    {
        Assert.Equal(expected.Sequence, actual.Sequence);
        Assert.Equal(expected.Ipc.Span, actual.Ipc.Span);
        Assert.Equal(expected.Open?.StreamId, actual.Open?.StreamId);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory) => Memory = memory;

        public Piece Append(ReadOnlyMemory<byte> memory)
        {
            Piece next = new(memory) { RunningIndex = RunningIndex + Memory.Length };
            Next = next;
            return next;
        }
    }
}
