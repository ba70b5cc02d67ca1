using System.CommandLine;
using Loxi.Core.Services;

namespace Loxi.Cli.Arguments;

/// <summary>The name of a source pool as an argument.</summary>
internal static class PoolArgument
{
    public static Argument<string> Create(ArgumentArity arity)
    {
        var argument = new Argument<string>("name") { Description = "The name of the pool.", Arity = arity };
        argument.Validators.Add(static result =>
        {
            foreach (var token in result.Tokens)
            {
                if (!NameRules.IsValid(token.Value))
                {
                    result.AddError($"name '{token.Value}': expected {NameRules.Expected}");
                }
            }
        });
        return argument;
    }
}
