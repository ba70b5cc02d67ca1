using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Loxi.Api;
using Loxi.Api.Wire;

namespace Loxi.Node.Rest;

/// <summary>Writes answers. The content type is exactly <c>application/json</c>: kube-loxilb compares it as text.</summary>
internal static class Answers
{
    private static readonly ResultBody Success = new() { Result = "Success" };

    public static Task SuccessAsync(HttpContext context) => WriteAsync(context, StatusCodes.Status200OK, Success, LoxiJson.ResultBody);

    public static Task WriteAsync(HttpContext context, ErrorBody error) => WriteAsync(context, error.Code, error, LoxiJson.ErrorBody);

    public static Task WriteAsync(HttpContext context, int status, ValidationErrorBody error) => WriteAsync(context, status, error, LoxiJson.ValidationErrorBody);

    public static Task WriteAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type) => WriteAsync(context, StatusCodes.Status200OK, value, type);

    private static async Task WriteAsync<T>(HttpContext context, int status, T value, JsonTypeInfo<T> type)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = LoxiJson.MediaType;
        await JsonSerializer.SerializeAsync(context.Response.BodyWriter, value, type, context.RequestAborted);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
