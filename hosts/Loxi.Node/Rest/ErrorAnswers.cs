using Loxi.Api;
using Loxi.Api.Wire;

namespace Loxi.Node.Rest;

/// <summary>Gives every failure a JSON body of the kind that loxilb gives: unknown path, wrong method, unreadable body, fault of the node.</summary>
internal sealed partial class ErrorAnswers(RequestDelegate next, ILogger<ErrorAnswers> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (context.Response.HasStarted)
            {
                return;
            }

            if (context.Response.StatusCode == StatusCodes.Status404NotFound && context.GetEndpoint() is null)
            {
                await AnswerUnknownPathAsync(context);
            }
            else if (context.Response.StatusCode == StatusCodes.Status405MethodNotAllowed)
            {
                await Answers.WriteAsync(context, StatusCodes.Status405MethodNotAllowed, new ValidationErrorBody
                {
                    Code = StatusCodes.Status405MethodNotAllowed,
                    Message = $"method {context.Request.Method} is not allowed, but [{string.Join(' ', context.Response.Headers.Allow.ToString().Split(", "))}] are",
                });
            }
        }
        catch (RefusedRequestException e) when (!context.Response.HasStarted)
        {
            await Answers.WriteAsync(context, e.Status, e.Body);
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            await Answers.WriteAsync(context, e.StatusCode, new ValidationErrorBody { Code = e.StatusCode, Message = e.Message });
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            LogAborted(logger, context.Request.Method, context.Request.Path);
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            LogFault(logger, e, context.Request.Method, context.Request.Path);
            // A text with "exist" is success for kube-loxilb.
            var detail = e.Message.Contains("exist", StringComparison.OrdinalIgnoreCase) ? "see the log of loxid" : e.Message;
            await Answers.WriteAsync(context, ApiErrors.Create(StatusCodes.Status500InternalServerError, $"internal error: {detail}"));
        }
    }

    private static Task AnswerUnknownPathAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        return LoxilbPaths.IsKnown(path)
            ? Answers.WriteAsync(context, ApiErrors.Create(StatusCodes.Status404NotFound, $"{context.Request.Method} {LoxilbPaths.FunctionOf(path)} is not a function of this version"))
            : Answers.WriteAsync(context, StatusCodes.Status404NotFound, new ValidationErrorBody { Code = StatusCodes.Status404NotFound, Message = $"path {Shown(path)} was not found" });
    }

    private static string Shown(string path) => path.Length <= 256 ? path : path[..256] + "...";

    [LoggerMessage(8031, LogLevel.Error, "REST API: {Method} {Path} failed")]
    private static partial void LogFault(ILogger logger, Exception exception, string method, PathString path);

    [LoggerMessage(8032, LogLevel.Debug, "REST API: {Method} {Path}: the client went away")]
    private static partial void LogAborted(ILogger logger, string method, PathString path);
}
