using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tsdb.Bench.Workload.Loading;

/// <summary>
/// One HTTP/1.1 keep-alive connection over a plain blocking socket, so that the client costs next to nothing
/// beside
/// the server it measures. One thread at a time.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly string _host;
    private byte[] _received = new byte[1 << 16];
    private int _start;
    private int _end;

    /// <param name="port">Of the server, on this machine.</param>
    /// <param name="replyMax">How long to wait for a reply before it counts as failed; null for
    /// ever.</param>
    public HttpConnection(int port, TimeSpan? replyMax = null)
    {
        _host = $"127.0.0.1:{port}";
        _socket =
            new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _socket.ReceiveTimeout = (int)(replyMax?.TotalMilliseconds ?? 0);
        _socket.Connect(IPAddress.Loopback, port);
    }

    /// <summary>Sends one request and reads the whole reply; the body is valid until the next call.</summary>
    public HttpReply Send(string method, string path, ReadOnlySpan<byte> body, string headers = "")
    {
        string head = $"{method} {path} HTTP/1.1\r\nHost: {_host}\r\n"
            + $"Content-Length: {body.Length}\r\n{headers}\r\n";
        SendAll(Encoding.ASCII.GetBytes(head));
        SendAll(body);
        return ReadReply();
    }

    public void Dispose() => _socket.Dispose();

    private void SendAll(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[_socket.Send(bytes)..];
        }
    }

    private HttpReply ReadReply()
    {
        string[] status = ReadLine().Split(' ', 3);
        int code = int.Parse(status[1], CultureInfo.InvariantCulture);
        int lengthBytes = 0;
        bool isChunked = false;
        TimeSpan? retryAfter = null;
        for (string line = ReadLine(); line.Length > 0; line = ReadLine())
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            ReadOnlySpan<char> name = line.AsSpan(0, colon);
            ReadOnlySpan<char> value = line.AsSpan(colon + 1).Trim();
            if (name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            {
                lengthBytes = int.Parse(value, CultureInfo.InvariantCulture);
            }
            else if (name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase))
            {
                isChunked = value.Contains("chunked", StringComparison.OrdinalIgnoreCase);
            }
            else if (name.Equals("Retry-After", StringComparison.OrdinalIgnoreCase))
            {
                retryAfter = TimeSpan.FromSeconds(double.Parse(value, CultureInfo.InvariantCulture));
            }
        }

        return new HttpReply(code, isChunked ? ReadChunks() : ReadBytes(lengthBytes).ToArray())
        {
            RetryAfter = retryAfter,
        };
    }

    private byte[] ReadChunks()
    {
        using MemoryStream body = new();
        while (true)
        {
            string size = ReadLine().Split(';')[0];
            int lengthBytes = int.Parse(size, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (lengthBytes == 0)
            {
                while (ReadLine().Length > 0)
                {
                }

                return body.ToArray();
            }

            body.Write(ReadBytes(lengthBytes));
            ReadLine();
        }
    }

    private string ReadLine()
    {
        int scanned = _start;
        while (true)
        {
            int found = _received.AsSpan(scanned, _end - scanned).IndexOf((byte)'\n');
            if (found >= 0)
            {
                string line =
                    Encoding.ASCII.GetString(_received, _start, scanned + found - _start).TrimEnd('\r');
                _start = scanned + found + 1;
                return line;
            }

            int length = _end - _start;
            Receive();
            scanned = _start + length;
        }
    }

    private ReadOnlySpan<byte> ReadBytes(int countBytes)
    {
        while (_end - _start < countBytes)
        {
            Receive();
        }

        _start += countBytes;
        return _received.AsSpan(_start - countBytes, countBytes);
    }

    private void Receive()
    {
        if (_start > 0)
        {
            _received.AsSpan(_start, _end - _start).CopyTo(_received);
            _end -= _start;
            _start = 0;
        }

        if (_end == _received.Length)
        {
            Array.Resize(ref _received, _received.Length * 2);
        }

        int countBytes = _socket.Receive(_received.AsSpan(_end));
        if (countBytes == 0)
        {
            throw new IOException("The server closed the connection in the middle of a reply.");
        }

        _end += countBytes;
    }
}
