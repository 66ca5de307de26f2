using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Tsdb.Server.Endpoints;

/// <summary>Small JSON replies. Text is escaped only where JSON asks for it: people read these.</summary>
internal static class JsonReply
{
    private static readonly JsonWriterOptions _options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Sends what <paramref name="write"/> writes.</summary>
    public static async Task SendAsync(HttpContext context, int status, Action<Utf8JsonWriter> write)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        using Utf8JsonWriter json = new(context.Response.BodyWriter, _options);
        write(json);
        await json.FlushAsync(context.RequestAborted);
    }
}
