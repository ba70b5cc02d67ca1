using System.Net;
using Loxi.Api.Wire;

namespace Loxi.Api.Client;

/// <summary>A node answered with an error, or with something that is no answer of its API.</summary>
public sealed class LoxiApiException : Exception
{
    /// <summary>Makes an exception without details.</summary>
    public LoxiApiException()
        : this("The node answered with an error.")
    {
    }

    /// <summary>Makes an exception with a message.</summary>
    /// <param name="message">The message.</param>
    public LoxiApiException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message and a cause.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public LoxiApiException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes an exception of an answer.</summary>
    /// <param name="statusCode">The HTTP status.</param>
    /// <param name="error">The error body; null when the answer had none.</param>
    /// <param name="message">The message.</param>
    public LoxiApiException(HttpStatusCode statusCode, ErrorBody? error, string message)
        : base(message)
    {
        StatusCode = statusCode;
        Error = error;
    }

    /// <summary>The HTTP status; null when the answer could not be read.</summary>
    public HttpStatusCode? StatusCode { get; }

    /// <summary>The error body; null when the answer had none.</summary>
    public ErrorBody? Error { get; }
}
