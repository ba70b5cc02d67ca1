using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using Loxi.Api.Mapping;
using Loxi.Core.Services;

namespace Loxi.Cli.Arguments;

/// <summary>Options whose values are read here, so that a wrong one is named with what was expected. Every problem of a command line is reported at once.</summary>
internal static class OptionFactory
{
    public delegate bool Reader<T>(string text, out T value);

    /// <summary>An option with one value.</summary>
    public static Option<T?> Single<T>(string name, string helpName, string description, string expected, Reader<T> read, params string[] aliases) =>
        new(name, aliases)
        {
            Description = description,
            HelpName = helpName,
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = result =>
            {
                var text = result.Tokens[^1].Value;
                if (read(text, out var value))
                {
                    return value;
                }

                result.AddError($"{NameIn(result, name)} '{text}': expected {expected}");
                return default;
            },
        };

    /// <summary>An option with a list: separated by commas, or the option several times, or both.</summary>
    public static Option<T[]> List<T>(string name, string helpName, string description, string expected, Reader<T> read) =>
        new(name)
        {
            Description = description,
            HelpName = helpName,
            Arity = ArgumentArity.OneOrMore,
            CustomParser = result => ReadList(result, name, expected, read),
        };

    public static Option<bool> Flag(string name, string description, params string[] aliases) => new(name, aliases) { Description = description };

    public static Option<string?> Text(string name, string helpName, string description, params string[] aliases) =>
        new(name, aliases) { Description = description, HelpName = helpName };

    /// <summary>The name of a VIP group or a source pool.</summary>
    public static Option<string?> Name(string name, string description) => Single<string?>(
        name, "name", description, NameRules.Expected, static (string text, out string? value) => NameRules.IsValid(value = text));

    public static Option<long?> Number(string name, string helpName, string description, long least, long greatest, params string[] aliases) =>
        Single<long?>(
            name,
            helpName,
            description,
            string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {greatest}"),
            (string text, out long? value) =>
            {
                var found = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= greatest;
                value = number;
                return found;
            },
            aliases);

    /// <summary>An option whose value is one of some words; its value is the number of the word.</summary>
    public static Option<long?> Word(string name, string description, NumberNames names) =>
        new(name)
        {
            Description = description,
            HelpName = string.Join('|', names.Names),
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = result =>
            {
                var text = result.Tokens[^1].Value;
                var number = names.NumberOf(text);
                if (number is null)
                {
                    result.AddError($"{name} '{text}': expected {names.Expected}{Nearest.Question(text, names.Names)}");
                }

                return number;
            },
        };

    public static Option<IPAddress?> Address(string name, string description, params string[] aliases) =>
        Single<IPAddress?>(name, "address", description, "an IPv4 or IPv6 address", ReadAddress, aliases);

    /// <summary>The virtual address as an argument.</summary>
    public static Argument<IPAddress?> Vip(ArgumentArity arity) => AddressArgument("external-ip", "The virtual address of the service.", arity);

    /// <summary>An address as an argument.</summary>
    public static Argument<IPAddress?> AddressArgument(string name, string description, ArgumentArity arity) => new(name)
    {
        Description = description,
        Arity = arity,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (ReadAddress(text, out var address))
            {
                return address;
            }

            result.AddError($"{name} '{text}': expected an IPv4 or IPv6 address");
            return null;
        },
    };

    public static bool ReadAddress(string text, out IPAddress? value) => AddressText.TryParse(text, out value);

    /// <summary>The option as it was written: it may be an alias.</summary>
    private static string NameIn(ArgumentResult result, string name) => result.Parent is OptionResult { IdentifierToken: { } written } ? written.Value : name;

    private static T[] ReadList<T>(ArgumentResult result, string name, string expected, Reader<T> read)
    {
        var values = new List<T>();
        foreach (var token in result.Tokens)
        {
            foreach (var text in token.Value.Split(','))
            {
                if (read(text, out var value))
                {
                    values.Add(value);
                }
                else
                {
                    result.AddError($"{name} '{text}': expected {expected}");
                }
            }
        }

        return [.. values];
    }
}
