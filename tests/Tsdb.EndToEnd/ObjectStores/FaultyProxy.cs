using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Tsdb.EndToEnd.ObjectStores;

/// <summary>Passes requests on to a server, except those that a test wants to fail.</summary>
internal sealed class FaultyProxy : IAsyncDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private readonly string _target;
    private WebApplication? _app;

    private FaultyProxy(string target) => _target = target;

    public string Url => _app!.Urls.First();

    /// <summary>Says what becomes of a request; any thread.</summary>
    public Func<HttpRequest, ProxyFault> Decide { get; set; } = static _ => ProxyFault.None;

    public static async Task<FaultyProxy> StartAsync(string target)
    {
        FaultyProxy proxy = new(target);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(static options => options.Limits.MaxRequestBodySize = null);
        proxy._app = builder.Build();
        proxy._app.Run(proxy.AnswerAsync);
        await proxy._app.StartAsync(CancellationToken.None);
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _app!.DisposeAsync();
        _http.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        ProxyFault fault = Decide(context.Request);
        if (fault == ProxyFault.Refuse)
        {
            context.Abort();
            return;
        }

        if ((int)fault >= StatusCodes.Status400BadRequest)
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            context.Response.StatusCode = (int)fault;
            await context.Response.WriteAsync("<Error><Code>Injected</Code></Error>", context.RequestAborted);
            return;
        }

        using HttpResponseMessage reply = await PassOnAsync(context.Request);
        if (fault == ProxyFault.LoseAnswer)
        {
            context.Abort();
            return;
        }

        await AnswerAsync(context, reply, fault);
    }

    private async Task<HttpResponseMessage> PassOnAsync(HttpRequest request)
    {
        using HttpRequestMessage message = new(
            new HttpMethod(request.Method), _target + request.Path.ToUriComponent() + request.QueryString);
        if (request.ContentLength is not null)
        {
            message.Content = new StreamContent(request.Body);
        }

        foreach ((string name, Microsoft.Extensions.Primitives.StringValues values) in request.Headers)
        {
            // The host stays what was signed.
            if (!message.Headers.TryAddWithoutValidation(name, values.ToArray()))
            {
                message.Content?.Headers.TryAddWithoutValidation(name, values.ToArray());
            }
        }

        return await _http.SendAsync(
            message, HttpCompletionOption.ResponseHeadersRead, request.HttpContext.RequestAborted);
    }

    private static async Task AnswerAsync(HttpContext context, HttpResponseMessage reply, ProxyFault fault)
    {
        context.Response.StatusCode = (int)reply.StatusCode;
        foreach ((string name, IEnumerable<string> values) in reply.Headers.Concat(reply.Content.Headers))
        {
            if (name is not ("Transfer-Encoding" or "Connection" or "Keep-Alive"))
            {
                context.Response.Headers[name] = values.ToArray();
            }
        }

        byte[] body = await reply.Content.ReadAsByteArrayAsync(context.RequestAborted);
        int sizeBytes = fault == ProxyFault.BreakAnswer ? body.Length / 2 : body.Length;
        await context.Response.Body.WriteAsync(body.AsMemory(0, sizeBytes), context.RequestAborted);
        if (fault == ProxyFault.BreakAnswer)
        {
            await context.Response.Body.FlushAsync(context.RequestAborted);
            context.Abort();
        }
    }
}
