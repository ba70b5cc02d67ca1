using Loxi.Api.Wire;

namespace Loxi.Node.Rest;

/// <summary>A request that cannot be understood; carries its answer up to <see cref="ErrorAnswers"/>.</summary>
internal sealed class RefusedRequestException(int status, int code, string message) : Exception(message)
{
    public int Status { get; } = status;

    public ValidationErrorBody Body { get; } = new() { Code = code, Message = message };
}
