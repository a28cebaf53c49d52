<?php
// Sets up the WordPress of the tests: php set-up.php SITE install|addresses
$_SERVER += ['REQUEST_METHOD' => 'GET', 'SERVER_PROTOCOL' => 'HTTP/1.1', 'SERVER_NAME' => '127.0.0.1'];
[, $site, $what] = $argv;
if ($what === 'install') {
    define('WP_INSTALLING', true);
}
require "$site/wp-load.php";
add_filter('pre_wp_mail', '__return_true');
if ($what === 'addresses') {
    global $wp_rewrite;
    $wp_rewrite->set_permalink_structure('/%year%/%postname%/');
    $wp_rewrite->flush_rules(false);
    exit(0);
}
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('Roads', 'root', 'root@agency.test', true, '', wp_generate_password());
// Not the administrator: what an editor may do has to be enough.
$id = wp_insert_user([
    'user_login' => 'roads',
    'user_pass' => wp_generate_password(),
    'user_email' => 'roads@agency.test',
    'display_name' => 'Department of Roads',
    'role' => 'editor',
]);
if (is_wp_error($id)) {
    fwrite(STDERR, $id->get_error_message());
    exit(1);
}
// What a site of some years has: more comments than are listed at once.
$post = wp_insert_post(['post_author' => $id, 'post_title' => 'Tell us', 'post_content' => 'All', 'post_status' => 'publish']);
for ($n = 0; $n < 260; $n++) {
    $by = ['comment_author' => 'Karma', 'comment_author_email' => 'karma@example.test', 'comment_approved' => $n % 2];
    wp_insert_comment($by + ['comment_post_ID' => $post, 'comment_content' => "Heard $n"]);
}
[$password] = WP_Application_Passwords::create_new_application_password($id, ['name' => 'Drelwa']);
echo $password;
