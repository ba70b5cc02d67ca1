using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Loxi.Api;
using Loxi.Node.Json;

namespace Loxi.Node.Rest;

/// <summary>Reads requests. What cannot be understood leaves as <see cref="RefusedRequestException"/> with go-openapi's status and code.</summary>
internal static class Requests
{
    /// <summary>Reads a JSON body; null when it is empty or <c>null</c>.</summary>
    public static async Task<T?> ReadBodyAsync<T>(HttpContext context, JsonTypeInfo<T> type)
        where T : class
    {
        // A browser cannot send this type across origins without asking first.
        var contentType = context.Request.ContentType;
        if (!string.Equals(contentType?.Split(';')[0].Trim(), LoxiJson.MediaType, StringComparison.OrdinalIgnoreCase))
        {
            throw new RefusedRequestException(
                StatusCodes.Status415UnsupportedMediaType,
                StatusCodes.Status415UnsupportedMediaType,
                $"unsupported media type \"{contentType}\", only [{LoxiJson.MediaType}] are allowed");
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        if (body.Length == 0)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(body.GetBuffer().AsSpan(0, (int)body.Length), type);
        }
        catch (JsonException e)
        {
            throw new RefusedRequestException(StatusCodes.Status400BadRequest, StatusCodes.Status400BadRequest, $"parsing body failed: {Spell(e, body, type)}");
        }
    }

    /// <summary>kube-loxilb takes a text with "exist" for success: a value with it is not shown.</summary>
    private static string Spell(JsonException exception, MemoryStream body, JsonTypeInfo type)
    {
        var problem = JsonProblem.OfType(exception, body.GetBuffer().AsMemory(0, (int)body.Length), type);
        var text = problem?.ToString() ?? exception.Message;
        return !text.Contains("exist", StringComparison.OrdinalIgnoreCase) ? text
            : problem is null ? "expected JSON"
            : (problem with { Value = "..." }).ToString();
    }

    /// <summary>A part of the path, unescaped.</summary>
    public static string Text(HttpContext context, string name) => context.Request.RouteValues[name] as string ?? "";

    /// <summary>A number in the path.</summary>
    public static long Number(HttpContext context, string name) => ParseNumber(Text(context, name), name, "path");

    /// <summary>A number in the query; 0 when it is absent or empty.</summary>
    public static long QueryNumber(HttpContext context, string name)
    {
        var text = context.Request.Query[name].ToString();
        return text.Length == 0 ? 0 : ParseNumber(text, name, "query");
    }

    /// <summary>Checks a truth value in the query as Go's strconv.ParseBool does; false when it is absent or empty.</summary>
    public static bool QueryFlag(HttpContext context, string name)
    {
        var text = context.Request.Query[name].ToString();
        return text switch
        {
            "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
            "" or "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
            _ => throw WrongType(name, "query", "bool", text),
        };
    }

    public static RefusedRequestException WrongType(string name, string place, string type, string text) =>
        new(StatusCodes.Status422UnprocessableEntity, ApiErrors.InvalidType, $"{name} in {place} must be of type {type}: \"{Loxi.Core.Problem.Of(name, text, "").Value}\"");

    private static long ParseNumber(string text, string name, string place) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw WrongType(name, place, "int64", text);
}
