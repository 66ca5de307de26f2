using System.IO.Compression;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tsdb.Engine;
using Tsdb.Server.Faults;

namespace Tsdb.Server.Endpoints;

/// <summary>Reads the body of a line protocol request, plain or gzip, into a write.</summary>
internal static class LineBody
{
    private const int GzipBlockSizeBytes = 256 << 10;

    /// <summary>Appends the whole body; parsing one piece overlaps receiving the next.</summary>
    /// <returns>Bytes of text, after decompression.</returns>
    /// <exception cref="RequestFaultException">It is too large, or not in the encoding it claims.</exception>
    public static async Task<long> AppendAsync(
        HttpContext context, LineWrite write, long sizeBytesMax, CancellationToken cancellation)
    {
        AdmitLarge(context, sizeBytesMax);
        PipeReader text = Open(context.Request);
        try
        {
            using LinePieces pieces = new(text, sizeBytesMax, write.BeginHold());
            ReadOnlyMemory<byte> piece;
            while (!(piece = await pieces.NextAsync(cancellation)).IsEmpty)
            {
                await write.AppendAsync(piece, cancellation);
            }

            return pieces.TotalSizeBytes;
        }
        catch (InvalidDataException fault)
        {
            throw new RequestFaultException(FaultKind.Invalid, $"the body is not gzip: {fault.Message}");
        }
        finally
        {
            await text.CompleteAsync();
        }
    }

    // The limit here counts bytes after decompression; Kestrel's own would count those before.
    private static void AdmitLarge(HttpContext context, long sizeBytesMax)
    {
        if (context.Request.ContentLength > sizeBytesMax)
        {
            throw new RequestFaultException(
                FaultKind.TooLarge, $"the body is larger than the limit of {sizeBytesMax} bytes");
        }

        IHttpMaxRequestBodySizeFeature? limit = context.Features.Get<IHttpMaxRequestBodySizeFeature>();
        if (limit is { IsReadOnly: false })
        {
            limit.MaxRequestBodySize = null;
        }
    }

    private static PipeReader Open(HttpRequest request)
    {
        switch (request.Headers.ContentEncoding.ToString())
        {
            case "" or "identity":
                return request.BodyReader;
            case "gzip":
                GZipStream unzipped = new(request.Body, CompressionMode.Decompress);
                return PipeReader.Create(
                    unzipped, new StreamPipeReaderOptions(bufferSize: GzipBlockSizeBytes));
            default:
                throw new RequestFaultException(
                    FaultKind.UnknownEncoding,
                    $"Content-Encoding '{request.Headers.ContentEncoding}' is not taken; gzip is");
        }
    }
}
